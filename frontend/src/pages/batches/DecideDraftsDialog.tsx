/** Accepts or rejects the drafts of many images at once. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button.tsx";
import { Checkbox } from "../../components/Checkbox.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { NumberField } from "../../components/NumberField.tsx";
import { showToast } from "../../components/toasts.ts";
import { type Decision, decideDrafts, forgetDrafts } from "./draftQueries.ts";

interface DecideDraftsDialogProps {
  projectId: number;
  imageIds: readonly number[];
  decision: Decision;
  onClose: () => void;
}

/** Percent; most of what a model is so sure of is right. */
const SURE = 80;

export function DecideDraftsDialog({ projectId, imageIds, decision, onClose }: DecideDraftsDialogProps) {
  const { t } = useTranslation(["batches", "common"]);
  const client = useQueryClient();
  const [isOnlySure, setOnlySure] = useState(false);
  const [percent, setPercent] = useState(SURE);
  const minScore = decision === "accept" && isOnlySure ? percent / 100 : null;
  const deciding = useMutation({
    mutationFn: () => decideDrafts(projectId, { decision, imageIds, minScore }),
    onSuccess: async ({ drafts, images }) => {
      onClose();
      const words = { count: drafts, images };
      showToast(decision === "accept" ? t("batches:decide.accepted", words) : t("batches:decide.rejected", words));
      await forgetDrafts(client, projectId);
    },
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="small"
      title={t(`batches:decide.${decision}Title`, { count: imageIds.length })}
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button
            kind={decision === "accept" ? "primary" : "danger"}
            isPending={deciding.isPending}
            onPress={() => deciding.mutate()}
          >
            {t(`batches:decide.${decision}Now`)}
          </Button>
        </>
      }
    >
      <p>{t(`batches:decide.${decision}Text`)}</p>
      {decision === "accept" && (
        <>
          <Checkbox isSelected={isOnlySure} onChange={setOnlySure}>
            {t("batches:decide.onlySure")}
          </Checkbox>
          <NumberField
            label={t("batches:leastScore")}
            unit="%"
            isDisabled={!isOnlySure}
            value={percent}
            onChange={(value) => Number.isFinite(value) && setPercent(value)}
            minValue={0}
            maxValue={100}
          />
        </>
      )}
      <ErrorMessage error={deciding.error} />
    </Dialog>
  );
}
