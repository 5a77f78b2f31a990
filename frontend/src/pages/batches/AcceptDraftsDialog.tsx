/** Accepts the drafts of many images at once, all or from a score on. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button.tsx";
import { Checkbox } from "../../components/Checkbox.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { NumberField } from "../../components/NumberField.tsx";
import { showToast } from "../../components/toasts.ts";
import { acceptDrafts, forgetDrafts } from "./draftQueries.ts";

interface AcceptDraftsDialogProps {
  projectId: number;
  imageIds: readonly number[];
  onClose: () => void;
}

/** Percent; most of what a model is so sure of is right. */
const SURE = 80;

export function AcceptDraftsDialog({ projectId, imageIds, onClose }: AcceptDraftsDialogProps) {
  const { t } = useTranslation(["batches", "common"]);
  const client = useQueryClient();
  const [isOnlySure, setOnlySure] = useState(false);
  const [percent, setPercent] = useState(SURE);
  const accepting = useMutation({
    mutationFn: () => acceptDrafts(projectId, imageIds, isOnlySure ? percent / 100 : null),
    onSuccess: async ({ drafts, images }) => {
      onClose();
      showToast(t("batches:decide.accepted", { count: drafts, images }));
      await forgetDrafts(client, projectId);
    },
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="small"
      title={t("batches:decide.acceptTitle", { count: imageIds.length })}
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button kind="primary" isPending={accepting.isPending} onPress={() => accepting.mutate()}>
            {t("batches:decide.acceptNow")}
          </Button>
        </>
      }
    >
      <p>{t("batches:decide.acceptText")}</p>
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
      <ErrorMessage error={accepting.error} />
    </Dialog>
  );
}
