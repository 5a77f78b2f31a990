/** The queue: what trains where, what waits in which order, and what the workers are. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ListOrdered } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api } from "../../api/client.ts";
import { Page } from "../../app/Page.tsx";
import { useProjectsOfDeveloper } from "../../app/useIsDeveloper.ts";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatMap, formatTimeLeft } from "../../components/format.ts";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { Skeleton } from "../../components/Skeleton.tsx";
import { QueuedList } from "./QueuedList.tsx";
import styles from "./QueuePage.module.css";
import { withOrder } from "./queueOrder.ts";
import { type Queue, type QueuedModel, queueQuery, type Worker } from "./trainingQueries.ts";
import { WorkerTable } from "./WorkerTable.tsx";

export function QueuePage() {
  const { t } = useTranslation("train");
  const queue = useQuery(queueQuery);
  const reorder = useReorder();
  const data = queue.data;
  const ownProjects = useProjectsOfDeveloper(data?.queued.map(({ project_id }) => project_id) ?? []);
  const ownIds = data?.queued.filter((model) => ownProjects.has(model.project_id)).map(({ id }) => id) ?? [];
  return (
    <Page title={t("queue")} width="narrow">
      <ErrorMessage error={queue.error} onRetry={() => void queue.refetch()} />
      {queue.isPending && <Skeleton height={320} />}
      {data && (
        <>
          <Section title={t("running")}>
            {data.running.length === 0 && <p className={styles.none}>{t("noneRuns")}</p>}
            {data.running.map((model) => (
              <Running key={model.id} model={model} worker={data.workers.find(({ id }) => id === model.worker_id)} />
            ))}
          </Section>
          <Section title={t("waiting")} note={ownIds.length > 1 ? t("howToReorder") : undefined}>
            {data.queued.length === 0 ? (
              <p className={styles.none}>{t("noneWaits")}</p>
            ) : (
              <QueuedList models={data.queued} ownIds={ownIds} onReorder={(order) => reorder.mutate(order)} />
            )}
            <ErrorMessage error={reorder.error} />
            {data.hidden > 0 && <p className={styles.none}>{t("hidden", { count: data.hidden })}</p>}
          </Section>
          <section className={styles.workers} aria-label={t("workers")}>
            <h2>{t("workers")}</h2>
            {data.workers.length === 0 ? (
              <EmptyState icon={ListOrdered} title={t("noWorkers")}>
                {t("noWorkersText")}
              </EmptyState>
            ) : (
              <WorkerTable queue={data} />
            )}
          </section>
        </>
      )}
    </Page>
  );
}

function Section({ title, note, children }: { title: string; note?: string | undefined; children: React.ReactNode }) {
  return (
    <section className={styles.card} aria-label={title}>
      <header className={styles.header}>
        <h2>{title}</h2>
        {note !== undefined && <span className={styles.note}>{note}</span>}
      </header>
      {children}
    </section>
  );
}

function Running({ model, worker }: { model: QueuedModel; worker: Worker | undefined }) {
  const { t } = useTranslation("train");
  return (
    <article className={styles.running} aria-label={model.name}>
      <Link to={`/models/${model.id}`}>{model.name}</Link>
      <span className={styles.note}>{model.project_name}</span>
      <span className={styles.figure}>mAP {formatMap(model.best?.map)}</span>
      <ProgressBar label={model.name} value={model.progress} className={styles.progress ?? ""} />
      <span className={styles.figure}>
        {model.status === "stopping"
          ? t("stopping")
          : model.eta_s === null
            ? t("starting")
            : formatTimeLeft(model.eta_s)}
      </span>
      <span className={styles.where}>
        {worker ? t("onWorker", { device: worker.device, hostname: worker.hostname }) : (model.device ?? "")}
      </span>
    </article>
  );
}

/** The new order shows at once, and goes back where the server refuses it. */
function useReorder() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (order: readonly number[]) => api.patch<Queue>("/api/v1/queue", { order }),
    onMutate: async (order) => {
      await client.cancelQueries({ queryKey: queueQuery.queryKey });
      const before = client.getQueryData(queueQuery.queryKey);
      client.setQueryData(queueQuery.queryKey, (old) =>
        old === undefined ? old : { ...old, queued: withOrder(old.queued, order) },
      );
      return { before };
    },
    onError: (_error, _order, context) => client.setQueryData(queueQuery.queryKey, context?.before),
    onSettled: () => client.invalidateQueries({ queryKey: queueQuery.queryKey }),
  });
}
