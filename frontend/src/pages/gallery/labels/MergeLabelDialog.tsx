import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import type { LabelClass } from "../../../api/types.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { formatCount } from "../../../components/format.ts";
import { Select } from "../../../components/Select.tsx";
import { showToast } from "../../../components/toasts.ts";
import { useLabelChange } from "./labelChanges.ts";

interface MergeLabelDialogProps {
  projectId: number;
  label: LabelClass;
  labels: readonly LabelClass[];
  onClose: () => void;
}

/** Gives all objects of a label to another one. */
export function MergeLabelDialog({ projectId, label, labels, onClose }: MergeLabelDialogProps) {
  const { t } = useTranslation(["labels", "common"]);
  const others = labels.filter(({ id }) => id !== label.id);
  const [into, setInto] = useState(String(others[0]?.id ?? ""));
  const target = others.find(({ id }) => String(id) === into);
  const objects = { count: label.instance_count, objects: formatCount(label.instance_count) };
  const merge = useLabelChange(
    projectId,
    () => api.post(`/api/v1/projects/${projectId}/labels/${label.id}/merge`, { into: Number(into) }),
    () => {
      onClose();
      if (target) showToast(t("labels:merged", { ...objects, target: target.name }));
    },
  );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t("labels:mergeTitle", { name: label.name })}
      size="small"
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button
            kind="primary"
            isPending={merge.isPending}
            isDisabled={!target}
            onPress={() => merge.mutate(undefined)}
          >
            {t("labels:mergeAction")}
          </Button>
        </>
      }
    >
      <Select
        label={t("labels:mergeInto")}
        value={into}
        onChange={setInto}
        options={others.map(({ id, name }) => ({ value: String(id), text: name }))}
      />
      {target && (
        <p>
          {t("labels:mergeText", {
            ...objects,
            name: label.name,
            target: target.name,
          })}
        </p>
      )}
      <ErrorMessage error={merge.error} />
    </Dialog>
  );
}
