import type { TFunction } from "i18next";
import { CircleAlert, CloudCheck, CloudOff, CloudUpload, type LucideIcon } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import { classNames } from "../../../components/classNames.ts";
import { Icon } from "../../../components/Icon.tsx";
import type { SaveState } from "../saving/autosave.ts";
import type { LabelingSession } from "../work/labelingSession.ts";
import type { OpenImage } from "../work/sessionState.ts";
import styles from "./SaveStatus.module.css";

const ICONS: Readonly<Record<SaveState["kind"], LucideIcon>> = {
  saved: CloudCheck,
  saving: CloudUpload,
  unsaved: CloudUpload,
  offline: CloudOff,
  refused: CircleAlert,
  waiting: CircleAlert,
};

interface SaveStatusProps {
  session: LabelingSession;
  open: OpenImage;
}

/** Follows the saving itself: with each stroke it goes to and fro, and the rest of the page has no part in that. */
export function SaveStatus({ session, open }: SaveStatusProps) {
  const { t } = useTranslation("labeling");
  const save = useSyncExternalStore(session.subscribe, () => open.autosave.state);
  // images left with changes that are still on their way
  const elsewhere = useSyncExternalStore(session.subscribe, () => session.unsavedElsewhere);
  return (
    <div className={classNames(styles.status, styles[save.kind])} data-save={save.kind} data-image={open.image.id}>
      <Icon of={ICONS[save.kind]} />
      <span>
        <span role="status">{textOf(save, t)}</span>
        {save.kind === "refused" && <span className={styles.why}>{save.message}</span>}
        {save.kind === "waiting" && (
          <span className={styles.why}>{t("save.waitingWhy", { labels: save.labels.join(", ") })}</span>
        )}
        {elsewhere > 0 && <span className={styles.why}>{t("save.elsewhere", { count: elsewhere })}</span>}
      </span>
      {(save.kind === "offline" || save.kind === "refused") && (
        <Button size="small" onPress={() => session.retryNow()}>
          {t("save.retry")}
        </Button>
      )}
    </div>
  );
}

function textOf(save: SaveState, t: TFunction<"labeling">): string {
  switch (save.kind) {
    case "offline":
      return t(save.isKept ? "save.offline" : "save.offlineNotKept", { count: save.changes });
    case "waiting":
      return t("save.waiting", { count: save.changes });
    default:
      return t(`save.${save.kind}`);
  }
}
