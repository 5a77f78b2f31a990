import { useTranslation } from "react-i18next";
import { ProgressBar } from "./ProgressBar.tsx";
import styles from "./SendingProgress.module.css";

interface SendingProgressProps {
  /** What is sent, 0-1. */
  share: number;
  /** What the server does when it has all. */
  after: string;
}

/** Files on their way to the server, then what it does with them. */
export function SendingProgress({ share, after }: SendingProgressProps) {
  const { t } = useTranslation();
  const text = share >= 1 ? after : t("sending", { percent: Math.floor(share * 100) });
  return (
    <div className={styles.sending} role="status">
      <span>{text}</span>
      <ProgressBar label={text} value={share >= 1 ? null : share} />
    </div>
  );
}
