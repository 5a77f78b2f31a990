import { CircleAlert, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "./Button.tsx";
import { classNames } from "./classNames.ts";
import { Icon } from "./Icon.tsx";
import styles from "./ToastRegion.module.css";
import { dismissToast, holdToasts, resumeToasts, takeToastAction, useToasts } from "./toasts.ts";

/** Once, at the root of the app. */
export function ToastRegion() {
  const { t } = useTranslation();
  const toasts = useToasts();
  return (
    <section
      aria-label={t("notifications")}
      aria-live="polite"
      className={styles.region}
      onPointerEnter={holdToasts}
      onPointerLeave={resumeToasts}
      onFocus={holdToasts}
      onBlur={resumeToasts}
    >
      {toasts.map((toast) => (
        <div key={toast.id} className={classNames(styles.toast, styles[toast.kind])} data-toast={toast.kind}>
          {toast.kind === "error" && <Icon of={CircleAlert} className={styles.icon} />}
          <span className={styles.text}>{toast.text}</span>
          {toast.action && (
            <Button size="small" kind="quiet" className={styles.action} onPress={() => takeToastAction(toast)}>
              {toast.action.text}
            </Button>
          )}
          <IconButton size="small" icon={X} label={t("dismiss")} onPress={() => dismissToast(toast.id)} />
        </div>
      ))}
    </section>
  );
}
