import { Square } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Model } from "../../api/types.ts";
import { Button } from "../../components/Button.tsx";
import { DeleteByNameDialog } from "../../components/DeleteByNameDialog.tsx";
import { formatDuration } from "../../components/format.ts";
import { useModelAction } from "./useModelAction.ts";

/** For a training that has a checkpoint: cancelled, nothing is left of it, where stopping keeps the model. */
export function CancelDialog({ model, onClose }: { model: Model; onClose: () => void }) {
  const { t } = useTranslation("train");
  const cancel = useModelAction(model.id, "cancel");
  const stop = useModelAction(model.id, "stop");
  return (
    <DeleteByNameDialog
      title={t("cancelTraining", { name: model.name })}
      name={model.name}
      action={t("cancelAction")}
      isPending={cancel.isPending}
      error={cancel.error ?? stop.error}
      onDelete={() => cancel.mutate(undefined, { onSuccess: onClose })}
      onClose={onClose}
      instead={
        model.can_stop && (
          <Button
            icon={Square}
            isDisabled={stop.isPending}
            onPress={() => stop.mutate(undefined, { onSuccess: onClose })}
          >
            {t("stopInstead")}
          </Button>
        )
      }
    >
      {t("cancelText", { time: formatDuration(model.elapsed_s) })}
    </DeleteByNameDialog>
  );
}
