import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import type { LabelClass } from "../../../api/types.ts";
import { Button } from "../../../components/Button.tsx";
import { DeleteByNameDialog } from "../../../components/DeleteByNameDialog.tsx";
import { formatCount } from "../../../components/format.ts";
import { showToast } from "../../../components/toasts.ts";
import { useLabelChange } from "./labelChanges.ts";

interface DeleteLabelDialogProps {
  projectId: number;
  label: LabelClass;
  /** Whether there is another label that could take the objects. */
  canMerge: boolean;
  onMerge: () => void;
  onClose: () => void;
}

export function DeleteLabelDialog({ projectId, label, canMerge, onMerge, onClose }: DeleteLabelDialogProps) {
  const { t } = useTranslation("labels");
  const remove = useLabelChange(
    projectId,
    () => api.delete<{ instances_deleted: number }>(`/api/v1/projects/${projectId}/labels/${label.id}`),
    ({ instances_deleted: count }) => {
      onClose();
      showToast(t("deleted", { name: label.name, count, objects: formatCount(count) }));
    },
  );
  return (
    <DeleteByNameDialog
      title={t("deleteTitle", { name: label.name })}
      name={label.name}
      action={t("deleteAction")}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate(undefined)}
      onClose={onClose}
      instead={canMerge && label.instance_count > 0 && <Button onPress={onMerge}>{t("mergeInstead")}</Button>}
    >
      {t("deleteText", { objects: formatCount(label.instance_count), images: formatCount(label.image_count) })}
    </DeleteByNameDialog>
  );
}
