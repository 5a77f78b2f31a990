import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button, type ButtonKind } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { ErrorMessage } from "./ErrorMessage.tsx";

interface ConfirmDialogProps {
  title: string;
  /** The button's text. */
  action: string;
  kind?: ButtonKind;
  isPending: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
  /** What will have happened. */
  children: ReactNode;
}

/** Asks once more, for what others feel at once. */
export function ConfirmDialog({
  title,
  action,
  kind = "danger",
  isPending,
  error,
  onConfirm,
  onClose,
  children,
}: ConfirmDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      isOpen
      onClose={onClose}
      size="small"
      title={title}
      footer={
        <>
          <Button onPress={onClose}>{t("cancel")}</Button>
          <Button kind={kind} isPending={isPending} onPress={onConfirm}>
            {action}
          </Button>
        </>
      }
    >
      <p>{children}</p>
      <ErrorMessage error={error} />
    </Dialog>
  );
}
