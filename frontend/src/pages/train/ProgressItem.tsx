/** Running and queued trainings in the bar of every page: one line closed, curves and buttons open. */
import { useQuery } from "@tanstack/react-query";
import { ChartSpline, ChevronDown, ListOrdered, Square } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, Dialog, DialogTrigger, Popover, VisuallyHidden } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { asSentence } from "../../api/client.ts";
import { useIsDeveloper } from "../../app/useIsDeveloper.ts";
import { CurveChart } from "../../charts/CurveChart.tsx";
import { Button, LinkButton } from "../../components/Button.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatDuration, formatMap, formatTimeLeft } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { CancelDialog } from "./CancelDialog.tsx";
import { CancelWaiting } from "./CancelWaiting.tsx";
import styles from "./ProgressItem.module.css";
import { BUSY_POLL_MS, bestPoint, curveQuery, type QueuedModel, queueQuery } from "./trainingQueries.ts";
import { useModelAction } from "./useModelAction.ts";

export function ProgressItem() {
  const { t } = useTranslation("train");
  const queue = useQuery(queueQuery);
  const [isOpen, setIsOpen] = useState(false);
  const [leaving, setLeaving] = useState<QueuedModel | null>(null);
  const running = queue.data?.running ?? [];
  const queued = queue.data?.queued ?? [];
  const first = running[0] ?? queued[0];
  if (first === undefined) return null;
  return (
    <>
      <DialogTrigger isOpen={isOpen} onOpenChange={setIsOpen}>
        <AriaButton className={styles.item ?? ""}>
          <VisuallyHidden>{t("openList")}</VisuallyHidden>
          <ProgressBar
            label={first.name}
            value={first.status === "queued" ? 0 : first.progress}
            className={styles.bar ?? ""}
          />
          <b className={styles.name}>{first.name}</b>
          <span className={styles.figure}>{first.best?.map != null && `mAP ${formatMap(first.best.map)}`}</span>
          <span className={styles.figure}>
            <TimeLeft model={first} />
          </span>
          <Icon of={ChevronDown} size={14} />
        </AriaButton>
        <Popover className={styles.popover ?? ""} placement="bottom end" offset={4}>
          <Dialog className={styles.dialog ?? ""} aria-label={t("trainings")}>
            {running.map((model) => (
              <Running key={model.id} model={model} onLeave={() => setIsOpen(false)} />
            ))}
            {queued.map((model, place) => (
              <Queued
                key={model.id}
                model={model}
                waitsFor={(queued[place - 1] ?? running[0])?.name}
                onAsk={setLeaving}
              />
            ))}
            <div className={styles.all}>
              <LinkButton kind="quiet" size="small" icon={ListOrdered} to="/queue" onClick={() => setIsOpen(false)}>
                {t("queue")}
              </LinkButton>
            </div>
          </Dialog>
        </Popover>
      </DialogTrigger>
      {leaving && <CancelDialog model={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function Running({ model, onLeave }: { model: QueuedModel; onLeave: () => void }) {
  const { t } = useTranslation("train");
  // Asked for, since as many streams of events as there are workers would leave the browser no connection to ask by.
  const points = useQuery({ ...curveQuery(model.id), refetchInterval: BUSY_POLL_MS }).data?.items ?? [];
  const stop = useModelAction(model.id, "stop");
  const isDeveloper = useIsDeveloper(model.project_id);
  const best = bestPoint(points);
  return (
    <section className={styles.running}>
      <header className={styles.header}>
        <b>{model.name}</b>
        <span className={styles.size}>{t(model.size)}</span>
        <b className={styles.map}>mAP {formatMap(model.best?.map)}</b>
      </header>
      <div className={styles.progress}>
        <ProgressBar label={model.name} value={model.progress} />
        <span>
          <TimeLeft model={model} />
        </span>
      </div>
      {points.length > 0 && (
        <CurveChart kind="quality" axis="time" points={points} bestAt={best} height={120} compact />
      )}
      {best && (
        <p className={styles.best}>
          {t("bestSaved", { time: formatDuration(best.elapsed_s), map: formatMap(best.map) })}
        </p>
      )}
      {model.stop_note && <p className={styles.stopNote}>{`${asSentence(model.stop_note)}.`}</p>}
      <ErrorMessage error={stop.error} />
      <footer className={styles.footer}>
        <LinkButton kind="quiet" icon={ChartSpline} to={`/models/${model.id}`} onClick={onLeave}>
          {t("learningCurves")}
        </LinkButton>
        {isDeveloper && (
          <Button icon={Square} onPress={() => stop.mutate()} isDisabled={stop.isPending || !model.can_stop}>
            {model.status === "stopping" ? t("stopping") : t("stop")}
          </Button>
        )}
      </footer>
    </section>
  );
}

interface QueuedProps {
  model: QueuedModel;
  waitsFor: string | undefined;
  onAsk: (model: QueuedModel) => void;
}

function Queued({ model, waitsFor, onAsk }: QueuedProps) {
  const { t } = useTranslation("train");
  const isDeveloper = useIsDeveloper(model.project_id);
  return (
    <section className={styles.queued}>
      <b>{model.name}</b>
      <span className={styles.size}>{t(model.size)}</span>
      <span className={styles.waits}>
        {waitsFor === undefined ? t("waitsForWorker") : t("waitsFor", { name: waitsFor })}
      </span>
      {isDeveloper && <CancelWaiting model={model} onAsk={onAsk} />}
    </section>
  );
}

function TimeLeft({ model }: { model: QueuedModel }) {
  const { t } = useTranslation("train");
  if (model.status === "queued") return t("queued");
  if (model.status === "stopping") return t("stopping");
  return model.eta_s === null ? t("starting") : formatTimeLeft(model.eta_s);
}
