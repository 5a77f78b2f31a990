/** The draft labels of a batch: what becomes of those asked for with it, and a button that makes them anew. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ListChecks, Sparkles } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, LinkButton } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import styles from "./BatchPage.module.css";
import { type Batch, batchQuery, isGoing } from "./batchQueries.ts";
import { forgetDrafts, type MadeDrafts, makeDrafts, reviewAddress } from "./draftQueries.ts";
import { LeastScore } from "./LeastScore.tsx";

interface BatchDraftsProps {
  batch: Batch;
  canDraft: boolean;
}

export function BatchDrafts({ batch, canDraft }: BatchDraftsProps) {
  const { t } = useTranslation("batches");
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const { drafts, id, project_id } = batch;
  const isMade = drafts?.is_made === true;
  // the worker made them while other pages showed what was there before
  useEffect(() => {
    if (isMade) void forgetDrafts(client, project_id);
  }, [isMade, client, project_id]);
  const making = useMutation({
    mutationFn: (minScore: number | null) => makeDrafts(id, minScore),
    onSuccess: async () => {
      setAsking(false);
      await Promise.all([
        client.invalidateQueries({ queryKey: batchQuery(id).queryKey }),
        forgetDrafts(client, project_id),
      ]);
    },
  });
  if (!batch.of_project || !canDraft) return null;
  return (
    <div className={styles.drafts}>
      {drafts && isGoing(batch) && (
        <p className={styles.note}>{t(batch.done === batch.total ? "draft.making" : "draft.willBeMade")}</p>
      )}
      {drafts?.error && <ErrorMessage error={t("draft.notMade", { why: drafts.error })} />}
      {drafts?.is_made && <Made made={drafts.made} projectId={project_id} />}
      {batch.status === "ready" && (
        <Button icon={Sparkles} fill onPress={() => setAsking(true)}>
          {t(drafts ? "draft.makeAgain" : "draft.make")}
        </Button>
      )}
      {isAsking && (
        <MakeDialog
          isPending={making.isPending}
          error={making.error}
          onMake={(minScore) => making.mutate(minScore)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

function Made({ made, projectId }: { made: MadeDrafts; projectId: number }) {
  const { t } = useTranslation("batches");
  return (
    <>
      <p role="status">
        {t("draft.made", { count: made.drafts, images: made.images })}
        {made.skipped_labeled > 0 && <> {t("draft.labeled", { count: made.skipped_labeled })}</>}
        {made.skipped_rejected > 0 && <> {t("draft.rejected", { count: made.skipped_rejected })}</>}
      </p>
      {made.drafts > 0 && (
        <LinkButton kind="primary" icon={ListChecks} fill to={reviewAddress(projectId)}>
          {t("draft.review")}
        </LinkButton>
      )}
    </>
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
      title={t("batches:draft.makeTitle")}
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
