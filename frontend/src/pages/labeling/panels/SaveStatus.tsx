import { CircleAlert, CloudCheck, CloudOff, CloudUpload, type LucideIcon } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { Icon } from "../../../components/Icon.tsx";
import type { SaveState } from "../saving/autosave.ts";
import styles from "./SaveStatus.module.css";

const ICONS: Readonly<Record<SaveState["kind"], LucideIcon>> = {
  saved: CloudCheck,
  saving: CloudUpload,
  unsaved: CloudUpload,
  offline: CloudOff,
  refused: CircleAlert,
};

interface SaveStatusProps {
  save: SaveState;
  /** Images left with changes that are still on their way. */
  elsewhere: number;
  onRetry: () => void;
}

export function SaveStatus({ save, elsewhere, onRetry }: SaveStatusProps) {
  const { t } = useTranslation("labeling");
  const text = save.kind === "offline" ? t("save.offline", { count: save.changes }) : t(`save.${save.kind}`);
  return (
    <div className={classNames(styles.status, styles[save.kind])} data-save={save.kind}>
      <Icon of={ICONS[save.kind]} />
      <span>
        <span role="status">{text}</span>
        {save.kind === "refused" && <span className={styles.why}>{save.message}</span>}
        {elsewhere > 0 && <span className={styles.why}>{t("save.elsewhere", { count: elsewhere })}</span>}
      </span>
      {(save.kind === "offline" || save.kind === "refused") && (
        <Button size="small" onPress={onRetry}>
          {t("save.retry")}
        </Button>
      )}
    </div>
  );
}
