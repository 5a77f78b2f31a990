/** Makes draft labels of a batch's predictions: at once where the gallery asked for it, else by a button. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ListChecks, Sparkles } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { Button, LinkButton } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import styles from "./BatchPage.module.css";
import type { Batch } from "./batchQueries.ts";
import { forgetDrafts, makeDrafts, reviewAddress } from "./draftQueries.ts";
import { LeastScore } from "./LeastScore.tsx";

/** The address's `drafts`: a score, 0-1, or this word for the model's thresholds. */
export const MODEL_THRESHOLDS = "model";

interface BatchDraftsProps {
  batch: Batch;
  canDraft: boolean;
}

export function BatchDrafts({ batch, canDraft }: BatchDraftsProps) {
  const { t } = useTranslation("batches");
  const client = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const [isAsking, setAsking] = useState(false);
  const wanted = search.get("drafts");
  const making = useMutation({
    mutationFn: (minScore: number | null) => makeDrafts(batch.id, minScore),
    onSuccess: async () => {
      setAsking(false);
      setSearch(withoutDrafts, { replace: true });
      await forgetDrafts(client, batch.project_id);
    },
  });
  const { mutate, isIdle, data: made } = making;
  const isReady = batch.status === "ready" && batch.of_project && canDraft;
  useEffect(() => {
    if (isReady && isIdle && wanted !== null) mutate(scoreOf(wanted));
  }, [isReady, isIdle, wanted, mutate]);
  if (!batch.of_project || !canDraft) return null;
  if (made) {
    return (
      <div className={styles.drafts} role="status">
        <p>
          {t("draft.made", { count: made.drafts, images: made.images })}
          {made.skipped_labeled > 0 && <> {t("draft.labeled", { count: made.skipped_labeled })}</>}
          {made.skipped_rejected > 0 && <> {t("draft.rejected", { count: made.skipped_rejected })}</>}
        </p>
        {made.drafts > 0 && (
          <LinkButton kind="primary" icon={ListChecks} fill to={reviewAddress(batch.project_id)}>
            {t("draft.review")}
          </LinkButton>
        )}
      </div>
    );
  }
  return (
    <div className={styles.drafts}>
      {wanted !== null && <p className={styles.note}>{t(isReady ? "draft.making" : "draft.willBeMade")}</p>}
      {isReady && wanted === null && (
        <Button icon={Sparkles} fill onPress={() => setAsking(true)}>
          {t("draft.make")}
        </Button>
      )}
      {!isAsking && <ErrorMessage error={making.error} onRetry={() => making.reset()} />}
      {isAsking && (
        <MakeDialog
          isPending={making.isPending}
          error={making.error}
          onMake={(minScore) => mutate(minScore)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

interface MakeDialogProps {
  isPending: boolean;
  error: unknown;
  onMake: (minScore: number | null) => void;
  onClose: () => void;
}

function MakeDialog({ isPending, error, onMake, onClose }: MakeDialogProps) {
  const { t } = useTranslation(["batches", "common"]);
  const [minScore, setMinScore] = useState<number | null>(null);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="small"
      title={t("batches:draft.make")}
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button kind="primary" isPending={isPending} onPress={() => onMake(minScore)}>
            {t("batches:draft.makeNow")}
          </Button>
        </>
      }
    >
      <p>{t("batches:draft.text")}</p>
      <LeastScore value={minScore} onChange={setMinScore} />
      <ErrorMessage error={error} />
    </Dialog>
  );
}

function scoreOf(wanted: string): number | null {
  const score = Number(wanted);
  return wanted !== MODEL_THRESHOLDS && score >= 0 && score <= 1 ? score : null;
}

function withoutDrafts(search: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(search);
  next.delete("drafts");
  return next;
}
