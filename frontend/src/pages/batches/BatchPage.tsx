/** The results of a batch: how far it is, each image with what was found, downloads, and draft labels made of them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, ImageOff, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { api, isNotFound } from "../../api/client.ts";
import { idOf } from "../../app/currentProject.ts";
import { NotFoundPage } from "../../app/FailurePages.tsx";
import { usePageTitle } from "../../app/Page.tsx";
import { useIsDeveloper } from "../../app/useIsDeveloper.ts";
import { useKeys } from "../../app/useKeys.ts";
import { useLabelColors } from "../../app/useLabelColors.ts";
import { Button, IconButton } from "../../components/Button.tsx";
import { EmptyState } from "../../components/EmptyState.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatAgo, formatCount } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { type CutControl, PredictionDesk } from "../predict/PredictionDesk.tsx";
import type { Cut } from "../predict/predictions.ts";
import { BatchDownloads } from "./BatchDownloads.tsx";
import { BatchDrafts } from "./BatchDrafts.tsx";
import { BatchImageList } from "./BatchImageList.tsx";
import styles from "./BatchPage.module.css";
import { objectsOf } from "./batchObjects.ts";
import { type Batch, batchImageQuery, batchPath, batchQuery, isGoing } from "./batchQueries.ts";
import { daysLeft } from "./keptFor.ts";
import { useDeleteBatch } from "./leavingBatches.ts";
import { pictureOf } from "./pictureOf.ts";

export function BatchPage() {
  const batchId = idOf(useParams().batchId) ?? 0;
  const batch = useQuery(batchQuery(batchId));
  if (isNotFound(batch.error)) return <NotFoundPage />;
  if (batch.data) return <Results key={batchId} batch={batch.data} />;
  return <ErrorMessage error={batch.error} onRetry={() => void batch.refetch()} />;
}

function Results({ batch }: { batch: Batch }) {
  const { t } = useTranslation(["batches", "predict"]);
  const [search, setSearch] = useSearchParams();
  const position = Math.min(idOf(search.get("image") ?? undefined) ?? 1, Math.max(batch.total, 1));
  const show = (to: number) => {
    if (to < 1 || to > batch.total) return;
    setSearch((old) => new URLSearchParams({ ...Object.fromEntries(old), image: String(to) }), { replace: true });
  };
  useKeys({ left: () => show(position - 1), right: () => show(position + 1) });
  const image = useShownImage(batch, position);
  const control = useCut(batch);
  const colorOf = useLabelColors(batch.project_id);
  usePageTitle(t("batches:titleOf", { name: batch.model_name }));
  const objects = useMemo(() => objectsOf(image.data?.predictions ?? []), [image.data?.predictions]);
  const picture = image.data && {
    name: image.data.name,
    url: pictureOf(batch, image.data),
    size: image.data,
    objects,
    isDone: image.data.is_done && image.data.error === null,
    error: image.data.error,
  };
  return (
    <PredictionDesk
      left={
        <>
          <BatchHeader batch={batch} />
          <BatchImageList batch={batch} position={position} onShow={show} />
        </>
      }
      picture={picture ?? null}
      state={t("batches:place", { at: formatCount(position), total: formatCount(batch.total) })}
      empty={
        <>
          <ErrorMessage error={image.error} onRetry={() => void image.refetch()} />
          {picture?.error === null && (
            <EmptyState icon={ImageOff} title={t("batches:noPicture")}>
              {t("batches:noPictureText")}
            </EmptyState>
          )}
        </>
      }
      model={
        <p className={styles.model}>
          {batch.model_name}
          <span className={styles.note}>
            {t(`predict:${batch.checkpoint}`)} · {t(`predict:speed.${batch.speed}`)}
          </span>
        </p>
      }
      cut={control}
      colorOf={colorOf}
      downloads={<BatchDownloads batch={batch} cut={control.cut} />}
    />
  );
}

/** What was found in it comes once the worker has been there. */
function useShownImage(batch: Batch, position: number) {
  return useQuery({
    ...batchImageQuery(batch.id, position),
    refetchInterval: ({ state }) =>
      batch.status !== "cancelled" && batch.status !== "failed" && !state.data?.is_done ? SHOWN_POLL_MS : false,
  });
}

const SHOWN_POLL_MS = 1_000;

/** The model's thresholds of then, until the person moves the slider. */
function useCut({ thresholds }: Batch): CutControl {
  const [own, setCut] = useState<Cut | null>(null);
  const cut = useMemo<Cut>(() => (own?.kind === "all" ? own : { kind: "model", thresholds }), [own, thresholds]);
  return { cut, setCut, modelThresholds: thresholds };
}

/** Whose and when, how far, how long it is kept. */
function BatchHeader({ batch }: { batch: Batch }) {
  const { t } = useTranslation(["batches", "predict", "common"]);
  const navigate = useNavigate();
  const remove = useDeleteBatch();
  const canChange = useIsDeveloper(batch.project_id);
  const list = `/projects/${batch.project_id}/batches`;
  const author = batch.created_by?.name ?? t("batches:someone");
  return (
    <div className={styles.top}>
      <div className={styles.line}>
        <Link className={styles.back} to={list}>
          <Icon of={ChevronLeft} size={14} />
          {t("predict:earlier")}
        </Link>
        {canChange && !isGoing(batch) && (
          <IconButton
            size="small"
            icon={Trash2}
            label={t("batches:delete")}
            onPress={() => {
              remove(batch);
              navigate(list);
            }}
          />
        )}
      </div>
      <p className={styles.note}>
        {t("batches:by", { name: author, when: formatAgo(batch.created_at) })}
        {batch.expires_at !== null && <> · {t("batches:kept", { count: daysLeft(batch.expires_at) })}</>}
      </p>
      {isGoing(batch) && <Progress batch={batch} canCancel={canChange} />}
      {batch.status === "cancelled" && (
        <p className={styles.note}>{t("batches:cancelledAt", { done: batch.done, total: batch.total })}</p>
      )}
      {batch.status === "failed" && <ErrorMessage error={batch.error} />}
      {batch.problem_count > 0 && (
        <p className={styles.problems}>{t("batches:problems", { count: batch.problem_count })}</p>
      )}
      <BatchDrafts batch={batch} canDraft={canChange} />
    </div>
  );
}

function Progress({ batch, canCancel }: { batch: Batch; canCancel: boolean }) {
  const { t } = useTranslation(["batches", "common"]);
  const client = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => api.post(`${batchPath(batch.id)}/cancel`),
    onSettled: () => client.invalidateQueries({ queryKey: batchQuery(batch.id).queryKey }),
  });
  const words = { done: formatCount(batch.done), total: formatCount(batch.total) };
  const text = batch.status === "queued" ? t("batches:queued") : t("batches:running", words);
  return (
    <div className={styles.progress}>
      <span role="status">{text}</span>
      <ProgressBar label={text} value={batch.status === "queued" ? null : batch.done / Math.max(1, batch.total)} />
      {canCancel && (
        <Button size="small" isPending={cancel.isPending} onPress={() => cancel.mutate()}>
          {t("common:cancel")}
        </Button>
      )}
      <ErrorMessage error={cancel.error} />
    </div>
  );
}
