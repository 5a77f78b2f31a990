/** Model info: is it still getting better? Curves live, the red line at best, what it was trained with, its log. */
import { ChartColumn, Copy, Play, Square, TrendingUp, WandSparkles, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asSentence } from "../../api/client.ts";
import type { Model } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { useIsDeveloper } from "../../app/useIsDeveloper.ts";
import { Button, LinkButton } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatTimeLeft } from "../../components/format.ts";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { CancelDialog } from "../train/CancelDialog.tsx";
import { hasCheckpoint } from "../train/choice.ts";
import { isActive } from "../train/trainingQueries.ts";
import { useLiveModel } from "../train/useLiveModel.ts";
import { useModelAction } from "../train/useModelAction.ts";
import { Curves } from "./Curves.tsx";
import { Facts } from "./Facts.tsx";
import { Log } from "./Log.tsx";
import styles from "./ModelPage.module.css";

export function ModelPage() {
  const modelId = useIdParam("modelId");
  const { model, points } = useLiveModel(modelId);
  if (model.data === undefined) {
    return (
      <Page title="">
        <ErrorMessage error={model.error} onRetry={() => void model.refetch()} />
        {model.isPending && <Skeleton height={480} />}
      </Page>
    );
  }
  return (
    <Page title={model.data.name} header={<Header key={modelId} model={model.data} />}>
      <ErrorMessage error={model.error} onRetry={() => void model.refetch()} />
      {isActive(model.data) && <Progress model={model.data} />}
      <ErrorMessage error={model.data.error} />
      <Curves model={model.data} points={points} />
      <div className={styles.columns}>
        <Facts model={model.data} />
        <Log model={model.data} />
      </div>
    </Page>
  );
}

function Header({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  const isDeveloper = useIsDeveloper(model.project_id);
  return (
    <header className={styles.header}>
      <h1>{model.name}</h1>
      <span className={styles.note}>{t(model.size)}</span>
      <span className={styles.note}>{t(model.status)}</span>
      <span className={styles.space} />
      {isDeveloper && <TrainingActions model={model} />}
      {model.status === "ready" && (
        <>
          <LinkButton icon={ChartColumn} to={`/models/${model.id}/statistics`}>
            {t("viewStatistics")}
          </LinkButton>
          {isDeveloper && (
            <LinkButton kind="primary" icon={WandSparkles} to={`/models/${model.id}/predict`}>
              {t("newPrediction")}
            </LinkButton>
          )}
        </>
      )}
    </header>
  );
}

/** What developers can do: end it, let it go on, or train another like it or from it. */
function TrainingActions({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  const stop = useModelAction(model.id, "stop");
  const cancel = useModelAction(model.id, "cancel");
  const resume = useModelAction(model.id, "resume");
  const [isLeaving, setLeaving] = useState(false);
  const dialog = `/projects/${model.project_id}/train`;
  return (
    <>
      {isActive(model) && (model.status !== "queued" || model.can_stop) && (
        <Button icon={Square} onPress={() => stop.mutate()} isDisabled={stop.isPending || !model.can_stop}>
          {t("stop")}
        </Button>
      )}
      {isActive(model) && (
        <Button
          icon={X}
          onPress={() => (hasCheckpoint(model) ? setLeaving(true) : cancel.mutate())}
          isDisabled={cancel.isPending}
        >
          {t(hasCheckpoint(model) ? "cancelAsking" : "cancel")}
        </Button>
      )}
      {model.can_resume && (
        <Button icon={Play} onPress={() => resume.mutate()} isDisabled={resume.isPending}>
          {t("resume")}
        </Button>
      )}
      <LinkButton kind="quiet" icon={Copy} to={`${dialog}?like=${model.id}`}>
        {t("trainAgain")}
      </LinkButton>
      {hasCheckpoint(model) && !isActive(model) && (
        <LinkButton kind="quiet" icon={TrendingUp} to={`${dialog}?from=${model.id}`}>
          {t("trainFurther")}
        </LinkButton>
      )}
      {isLeaving && <CancelDialog model={model} onClose={() => setLeaving(false)} />}
      <div className={styles.errors}>
        <ErrorMessage error={stop.error ?? cancel.error ?? resume.error} />
      </div>
    </>
  );
}

function Progress({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  return (
    <div className={styles.progress}>
      <ProgressBar label={t("progress")} value={model.status === "queued" ? 0 : model.progress} />
      <span>{model.eta_s === null ? t(model.status) : formatTimeLeft(model.eta_s)}</span>
      {model.stop_note && <p className={styles.stopNote}>{`${asSentence(model.stop_note)}.`}</p>}
    </div>
  );
}
