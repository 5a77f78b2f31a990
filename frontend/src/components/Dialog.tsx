import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button.tsx";
import { classNames } from "./classNames.ts";
import styles from "./Dialog.module.css";

interface DialogProps {
  isOpen: boolean;
  /** Left out, it stays until what it asks for is done. */
  onClose?: () => void;
  title: string;
  /** Small text beside the title. */
  subtitle?: ReactNode;
  size?: "small" | "medium" | "large";
  /** Buttons, right-aligned; text put first stands at the left. */
  footer?: ReactNode;
  children: ReactNode;
}

/** Focus stays inside, Esc and a click outside close it where it may be closed. Render it always and switch `isOpen`. */
export function Dialog({ isOpen, onClose, title, subtitle, size = "medium", footer, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <ModalOverlay
      className={styles.overlay ?? ""}
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose?.()}
      isDismissable={onClose !== undefined}
      isKeyboardDismissDisabled={onClose === undefined}
    >
      <Modal className={classNames(styles.modal, styles[size])}>
        <AriaDialog className={styles.dialog ?? ""}>
          <header className={styles.header}>
            <Heading slot="title" className={styles.title ?? ""}>
              {title}
            </Heading>
            {subtitle !== undefined && <span className={styles.subtitle}>{subtitle}</span>}
            {onClose && <IconButton icon={X} label={t("close")} className={styles.close} onPress={onClose} />}
          </header>
          <div className={styles.body}>{children}</div>
          {footer !== undefined && <footer className={styles.footer}>{footer}</footer>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
