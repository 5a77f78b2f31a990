import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button.tsx";
import { showToast } from "../../components/toasts.ts";
import type { QueuedModel } from "./trainingQueries.ts";
import { useModelAction } from "./useModelAction.ts";

/** Its row has no place for an error, and may be gone by then. */
export function CancelWaiting({ model }: { model: QueuedModel }) {
  const { t } = useTranslation("train");
  const cancel = useModelAction(model.id, "cancel");
  return (
    <IconButton
      size="small"
      icon={X}
      label={t("cancelTraining", { name: model.name })}
      isDisabled={cancel.isPending}
      onPress={() => cancel.mutate(undefined, { onError: (error) => showToast(error.message, { kind: "error" }) })}
    />
  );
}
