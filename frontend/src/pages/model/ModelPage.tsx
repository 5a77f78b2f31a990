/** Model info: is it still getting better? Curves live, the red line at best, what it was trained with, its log. */
import { useQuery } from "@tanstack/react-query";
import { ChartColumn, Play, Square, WandSparkles, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { CurvePoint, Model } from "../../api/types.ts";
import { useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { type CurveAxis, CurveChart } from "../../charts/CurveChart.tsx";
import { Button, LinkButton } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount, formatDuration, formatMap, formatMoment, formatTimeLeft } from "../../components/format.ts";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { useModelAction } from "../train/ProgressItem.tsx";
import { bestPoint, isActive, logQuery, useLiveModel } from "../train/trainingQueries.ts";
import styles from "./ModelPage.module.css";

const LOG_POLL_MS = 3_000;
const CONFIG_NAMES = [
  "image_size",
  "train_minutes",
  "stop_minutes",
  "use_validation_set",
  "validation_percent",
  "learning_rate",
  "seed",
  "max_steps",
] as const;

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
    <Page title={model.data.name} header={<Header model={model.data} />}>
      {isActive(model.data) && <Progress model={model.data} />}
      <ErrorMessage error={model.data.error} />
      <Curves points={points} />
      <div className={styles.columns}>
        <Facts model={model.data} />
        <Log model={model.data} />
      </div>
    </Page>
  );
}

function Header({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  const stop = useModelAction(model.id, "stop");
  const cancel = useModelAction(model.id, "cancel");
  const resume = useModelAction(model.id, "resume");
  return (
    <header className={styles.header}>
      <h1>{model.name}</h1>
      <span className={styles.note}>{t(model.size)}</span>
      <span className={styles.note}>{t(model.status)}</span>
      <span className={styles.space} />
      {(model.status === "training" || model.status === "stopping") && (
        <Button icon={Square} onPress={() => stop.mutate()} isDisabled={stop.isPending || model.status === "stopping"}>
          {t("stop")}
        </Button>
      )}
      {isActive(model) && (
        <Button icon={X} onPress={() => cancel.mutate()} isDisabled={cancel.isPending}>
          {t("cancel")}
        </Button>
      )}
      {model.can_resume && (
        <Button icon={Play} onPress={() => resume.mutate()} isDisabled={resume.isPending}>
          {t("resume")}
        </Button>
      )}
      {model.status === "ready" && (
        <>
          <LinkButton icon={ChartColumn} to={`/models/${model.id}/statistics`}>
            {t("viewStatistics")}
          </LinkButton>
          <LinkButton kind="primary" icon={WandSparkles} to={`/models/${model.id}/predict`}>
            {t("newPrediction")}
          </LinkButton>
        </>
      )}
      <div className={styles.errors}>
        <ErrorMessage error={stop.error ?? cancel.error ?? resume.error} />
      </div>
    </header>
  );
}

function Progress({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  return (
    <div className={styles.progress}>
      <ProgressBar label={t("progress")} value={model.status === "queued" ? 0 : model.progress} />
      <span>{model.eta_s === null ? t(model.status) : t("left", { time: formatTimeLeft(model.eta_s) })}</span>
    </div>
  );
}

function Curves({ points }: { points: readonly CurvePoint[] }) {
  const { t } = useTranslation("model");
  const [axis, setAxis] = useState<CurveAxis>("time");
  const best = bestPoint(points);
  return (
    <section className={styles.card} aria-label={t("learningCurves")}>
      <header className={styles.cardHeader}>
        <h2>{t("learningCurves")}</h2>
        {best && (
          <span className={styles.best}>
            {t("bestSaved", { time: formatDuration(best.elapsed_s), map: formatMap(best.map) })}
          </span>
        )}
        <span className={styles.space} />
        <SegmentedControl<CurveAxis>
          label={t("axis")}
          value={axis}
          onChange={setAxis}
          options={[
            { value: "time", text: t("time") },
            { value: "steps", text: t("steps") },
          ]}
        />
      </header>
      {points.length === 0 ? (
        <p className={styles.waiting}>{t("noPoints")}</p>
      ) : (
        <div className={styles.charts}>
          <CurveChart kind="quality" axis={axis} points={points} bestAt={best} height={280} />
          <CurveChart kind="loss" axis={axis} points={points} bestAt={best} height={280} />
        </div>
      )}
    </section>
  );
}

function Facts({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  const checkpoint = (point: CurvePoint | null) =>
    point === null
      ? "–"
      : t("checkpointAt", {
          time: formatDuration(point.elapsed_s),
          step: formatCount(point.step),
          map: formatMap(point.map),
          ap50: formatMap(point.ap50),
        });
  const rows: [string, string][] = [
    [t("best"), checkpoint(model.best)],
    [t("last"), checkpoint(model.last)],
    [t("trainedFor"), formatDuration(model.elapsed_s)],
    [t("startedFrom"), model.initialised_from ?? "–"],
    [t("images"), t("imageCounts", { training: model.training_image_count, validation: model.validation_image_count })],
    [t("labels"), model.class_names.join(", ")],
    ...CONFIG_NAMES.map((name): [string, string] => [t(`config.${name}`), configValue(model.config[name], t)]),
  ];
  return (
    <section className={styles.card} aria-label={t("facts")}>
      <header className={styles.cardHeader}>
        <h2>{t("facts")}</h2>
      </header>
      <dl className={styles.facts}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

type Translate = ReturnType<typeof useTranslation<"model">>["t"];

function configValue(value: string | number | boolean | null | undefined, t: Translate): string {
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  return value === null || value === undefined ? t("byDefault") : String(value);
}

function Log({ model }: { model: Model }) {
  const { t } = useTranslation("model");
  const log = useQuery({ ...logQuery(model.id), refetchInterval: isActive(model) ? LOG_POLL_MS : false });
  return (
    <section className={styles.card} aria-label={t("log")}>
      <header className={styles.cardHeader}>
        <h2>{t("log")}</h2>
        <span className={styles.space} />
        <Link to={`/api/v1/models/${model.id}/log`} reloadDocument>
          {t("rawLog")}
        </Link>
      </header>
      <ErrorMessage error={log.error} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keys must reach it */}
      <ol className={styles.log} tabIndex={0}>
        {log.data?.items.map((line) => (
          <li key={`${line.at}${line.message}`}>
            <time dateTime={line.at}>{formatMoment(line.at)}</time>
            <span>{line.message}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
