import { CircleAlert, RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "./Button.tsx";
import styles from "./ErrorMessage.module.css";
import { Icon } from "./Icon.tsx";

interface ErrorMessageProps {
  /** An Error, or text; nothing is shown for null. */
  error: unknown;
  onRetry?: () => void;
}

/** Says at the place where it happened what went wrong, in the server's words. */
export function ErrorMessage({ error, onRetry }: ErrorMessageProps) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const text = error instanceof Error ? error.message : String(error);
  return (
    <div role="alert" className={styles.error}>
      <Icon of={CircleAlert} className={styles.icon} />
      <span className={styles.text}>{text}</span>
      {onRetry && (
        <Button size="small" icon={RotateCcw} onPress={onRetry}>
          {t("tryAgain")}
        </Button>
      )}
    </div>
  );
}
