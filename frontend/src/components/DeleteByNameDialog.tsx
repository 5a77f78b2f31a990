import { type ReactNode, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { ErrorMessage } from "./ErrorMessage.tsx";
import { Form } from "./Form.tsx";
import { isSameText } from "./isSameText.ts";
import { TextField } from "./TextField.tsx";

interface DeleteByNameDialogProps {
  title: string;
  /** What must be typed. */
  name: string;
  /** The button's text. */
  action: string;
  isPending: boolean;
  error: unknown;
  onDelete: () => void;
  onClose: () => void;
  /** What goes with it. */
  children: ReactNode;
  /** A button to what keeps more than deleting does. */
  instead?: ReactNode;
}

/** For what cannot be undone: its name is typed. */
export function DeleteByNameDialog({
  title,
  name,
  action,
  isPending,
  error,
  onDelete,
  onClose,
  children,
  instead,
}: DeleteByNameDialogProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const formId = useId();
  const isRight = isSameText(typed, name);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      size="small"
      footer={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button type="submit" form={formId} kind="danger" isDisabled={!isRight} isPending={isPending}>
            {action}
          </Button>
        </>
      }
    >
      <p>{children}</p>
      {instead && <div>{instead}</div>}
      <Form id={formId} isPending={isPending} onSubmit={() => isRight && onDelete()}>
        <TextField label={t("typeName", { name })} value={typed} onChange={setTyped} autoComplete="off" autoFocus />
      </Form>
      <ErrorMessage error={error} />
    </Dialog>
  );
}
