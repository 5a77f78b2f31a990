import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import type { LabelClass } from "../../../api/types.ts";
import { DeleteByNameDialog } from "../../../components/DeleteByNameDialog.tsx";
import { formatCount } from "../../../components/format.ts";
import { useLabelChange } from "./labelChanges.ts";

interface DeleteLabelDialogProps {
  projectId: number;
  label: LabelClass;
  onClose: () => void;
}

export function DeleteLabelDialog({ projectId, label, onClose }: DeleteLabelDialogProps) {
  const { t } = useTranslation("labels");
  const remove = useLabelChange(
    projectId,
    () => api.delete<unknown>(`/api/v1/projects/${projectId}/labels/${label.id}`),
    onClose,
  );
  return (
    <DeleteByNameDialog
      title={t("deleteTitle", { name: label.name })}
      name={label.name}
      action={t("delete")}
      isPending={remove.isPending}
      error={remove.error}
      onDelete={() => remove.mutate(undefined)}
      onClose={onClose}
    >
      {t("deleteText", { objects: formatCount(label.instance_count), images: formatCount(label.image_count) })}
    </DeleteByNameDialog>
  );
}
