import { X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "../../components/Button.tsx";
import { showToast } from "../../components/toasts.ts";
import { hasCheckpoint } from "./choice.ts";
import type { QueuedModel } from "./trainingQueries.ts";
import { useModelAction } from "./useModelAction.ts";

interface CancelWaitingProps {
  model: QueuedModel;
  /** For one that was resumed: whether what it has learned may go. */
  onAsk: (model: QueuedModel) => void;
}

/** Its row has no place for an error, and may be gone by then. */
export function CancelWaiting({ model, onAsk }: CancelWaitingProps) {
  const { t } = useTranslation("train");
  const cancel = useModelAction(model.id, "cancel");
  const press = () => {
    if (hasCheckpoint(model)) onAsk(model);
    else cancel.mutate(undefined, { onError: (error) => showToast(error.message, { kind: "error" }) });
  };
  return (
    <IconButton
      size="small"
      icon={X}
      label={t("cancelTraining", { name: model.name })}
      isDisabled={cancel.isPending}
      onPress={press}
    />
  );
}
