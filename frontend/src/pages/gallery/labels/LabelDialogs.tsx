import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import type { LabelClass } from "../../../api/types.ts";
import { Button } from "../../../components/Button.tsx";
import { Dialog } from "../../../components/Dialog.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { Form } from "../../../components/Form.tsx";
import { nextLabelColor } from "../../../components/labelColors.ts";
import { TextField } from "../../../components/TextField.tsx";
import { showToast } from "../../../components/toasts.ts";
import { ColorChoice } from "./ColorChoice.tsx";
import { useLabelChange, useUndoLabelChange } from "./labelChanges.ts";

interface LabelValues {
  name: string;
  color: string;
}

interface NewLabelDialogProps {
  projectId: number;
  labels: readonly LabelClass[];
  onClose: () => void;
}

export function NewLabelDialog({ projectId, labels, onClose }: NewLabelDialogProps) {
  const { t } = useTranslation(["labels", "common"]);
  const create = useLabelChange(
    projectId,
    (values: LabelValues) => api.post(`/api/v1/projects/${projectId}/labels`, values),
    onClose,
  );
  return (
    <LabelDialog
      title={t("labels:newTitle")}
      action={t("common:add")}
      initial={{ name: "", color: nextLabelColor(labels.map(({ color }) => color)) }}
      isPending={create.isPending}
      error={create.error}
      onSubmit={create.mutate}
      onClose={onClose}
    />
  );
}

interface EditLabelDialogProps {
  projectId: number;
  label: LabelClass;
  onClose: () => void;
}

export function EditLabelDialog({ projectId, label, onClose }: EditLabelDialogProps) {
  const { t } = useTranslation(["labels", "common"]);
  const undo = useUndoLabelChange(projectId);
  const edit = useLabelChange(
    projectId,
    (values: LabelValues) => api.patch<LabelClass>(`/api/v1/projects/${projectId}/labels/${label.id}`, values),
    ({ name, color }) => {
      onClose();
      if (name === label.name && color === label.color) return;
      showToast(
        name === label.name ? t("labels:recoloured", { name }) : t("labels:renamed", { old: label.name, name }),
        {
          action: { text: t("common:undo"), run: () => undo(label) },
        },
      );
    },
  );
  return (
    <LabelDialog
      title={t("labels:editTitle", { name: label.name })}
      action={t("common:save")}
      initial={label}
      isPending={edit.isPending}
      error={edit.error}
      onSubmit={edit.mutate}
      onClose={onClose}
    />
  );
}

interface LabelDialogProps {
  title: string;
  action: string;
  initial: LabelValues;
  isPending: boolean;
  error: unknown;
  onSubmit: (values: LabelValues) => void;
  onClose: () => void;
}

function LabelDialog({ title, action, initial, isPending, error, onSubmit, onClose }: LabelDialogProps) {
  const { t } = useTranslation(["labels", "common"]);
  const [name, setName] = useState(initial.name);
  const [color, setColor] = useState(initial.color);
  const formId = useId();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      size="small"
      footer={
        <>
          <Button onPress={onClose}>{t("common:cancel")}</Button>
          <Button type="submit" form={formId} kind="primary" isDisabled={name.trim() === ""} isPending={isPending}>
            {action}
          </Button>
        </>
      }
    >
      <Form
        id={formId}
        isPending={isPending}
        onSubmit={() => name.trim() !== "" && onSubmit({ name: name.trim(), color })}
      >
        <TextField label={t("labels:name")} value={name} onChange={setName} maxLength={100} autoFocus />
      </Form>
      <ColorChoice value={color} onChange={setColor} />
      <ErrorMessage error={error} />
    </Dialog>
  );
}
