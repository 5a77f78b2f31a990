/** "Earlier predictions": the batches of a project that are kept, the newest first. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { History, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { modelsQuery } from "../../api/queries.ts";
import { idOf, useIdParam } from "../../app/currentProject.ts";
import { Page } from "../../app/Page.tsx";
import { useIsDeveloper } from "../../app/useIsDeveloper.ts";
import { Button, IconButton } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount, formatMoment } from "../../components/format.ts";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { Select } from "../../components/Select.tsx";
import { actionsCell, LabeledCell, numberCell, Table } from "../../components/Table.tsx";
import styles from "./BatchesPage.module.css";
import { type BatchItem, batchesQuery, isGoing } from "./batchQueries.ts";
import { daysLeft } from "./keptFor.ts";
import { useDeleteBatch, useLeavingBatches } from "./leavingBatches.ts";

const ALL_MODELS = "all";

export function BatchesPage() {
  const { t } = useTranslation("batches");
  const projectId = useIdParam("projectId");
  const [search, setSearch] = useSearchParams();
  const modelId = idOf(search.get("model") ?? undefined) ?? null;
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  const batches = useInfiniteQuery(batchesQuery(projectId, modelId));
  const leaving = useLeavingBatches();
  const shown = batches.data?.pages.flatMap(({ items }) => items).filter(({ id }) => !leaving.has(id)) ?? [];
  return (
    <Page
      title={t("title")}
      actions={
        models.length > 0 && (
          <Select
            label={t("model")}
            hideLabel
            value={modelId === null ? ALL_MODELS : String(modelId)}
            onChange={(id) => setSearch(id === ALL_MODELS ? {} : { model: id }, { replace: true })}
            options={[
              { value: ALL_MODELS, text: t("allModels") },
              ...models.map(({ id, name }) => ({ value: String(id), text: name })),
            ]}
          />
        )
      }
    >
      <ErrorMessage error={batches.error} onRetry={() => void batches.refetch()} />
      {batches.data && shown.length === 0 && (
        <EmptyState icon={History} title={t("none")}>
          {t("noneText")}
        </EmptyState>
      )}
      {shown.length > 0 && <BatchTable projectId={projectId} batches={shown} />}
      {batches.hasNextPage && (
        <Button isPending={batches.isFetchingNextPage} onPress={() => void batches.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </Page>
  );
}

function BatchTable({ projectId, batches }: { projectId: number; batches: readonly BatchItem[] }) {
  const { t } = useTranslation("batches");
  const remove = useDeleteBatch();
  const mayDelete = useIsDeveloper(projectId);
  return (
    <Table label={t("title")} isStackedOnPhone>
      <thead>
        <tr>
          <th>{t("when")}</th>
          <th>{t("model")}</th>
          <th className={numberCell}>{t("images")}</th>
          <th>{t("who")}</th>
          <th>{t("state")}</th>
          <th className={numberCell}>{t("daysLeft")}</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {batches.map((batch) => (
          <tr key={batch.id}>
            <td>
              <Link className={styles.when} to={`/batches/${batch.id}`}>
                {formatMoment(batch.created_at)}
              </Link>
            </td>
            <LabeledCell label={t("model")} className={styles.model ?? ""}>
              {batch.model_name}
            </LabeledCell>
            <LabeledCell label={t("images")} className={numberCell}>
              {formatCount(batch.total)}
            </LabeledCell>
            <LabeledCell label={t("who")}>{batch.created_by?.name ?? t("someone")}</LabeledCell>
            <LabeledCell label={t("state")}>
              <State batch={batch} />
            </LabeledCell>
            <LabeledCell label={t("daysLeft")} className={numberCell}>
              {batch.expires_at === null ? "–" : daysLeft(batch.expires_at)}
            </LabeledCell>
            <td className={actionsCell}>
              {mayDelete && !isGoing(batch) && (
                <IconButton
                  size="small"
                  icon={Trash2}
                  label={t("deleteOf", { when: formatMoment(batch.created_at) })}
                  onPress={() => remove(batch)}
                />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function State({ batch }: { batch: BatchItem }) {
  const { t } = useTranslation("batches");
  if (batch.status !== "running") return t(`status.${batch.status}`);
  const words = { done: formatCount(batch.done), total: formatCount(batch.total) };
  return (
    <span className={styles.progress}>
      {t("running", words)}
      <ProgressBar label={t("running", words)} value={batch.done / Math.max(1, batch.total)} />
    </span>
  );
}
