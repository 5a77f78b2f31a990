import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import type { Conflict } from "../saving/merge.ts";
import type { LabelingSession } from "../work/labelingSession.ts";
import styles from "./Notices.module.css";

interface NoticesProps {
  session: LabelingSession;
  conflicts: readonly Conflict[];
}

/** Objects that someone else changed too: both versions are there until one is chosen. */
export function Notices({ session, conflicts }: NoticesProps) {
  const { t } = useTranslation("labeling");
  return (
    <div className={styles.notices}>
      {conflicts.length > 0 && (
        <section className={styles.notice} role="alert">
          <p>{t("conflict.title")}</p>
          <ul>
            {conflicts.map((conflict) => (
              <ConflictRow key={conflict.id} session={session} conflict={conflict} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function ConflictRow({ session, conflict }: { session: LabelingSession; conflict: Conflict }) {
  const { t } = useTranslation("labeling");
  const label = (conflict.mine ?? conflict.theirs)?.label ?? "";
  return (
    <li className={styles.conflict}>
      <Button kind="quiet" size="small" onPress={() => session.current?.editor.select(conflict.id)}>
        {t("conflict.object", { label })}
      </Button>
      {conflict.theirs === null && <span className={styles.gone}>{t("conflict.deleted")}</span>}
      <span className={styles.choices}>
        <Button size="small" onPress={() => session.dismissConflict(conflict.id)}>
          {t("conflict.keepMine")}
        </Button>
        <Button size="small" onPress={() => session.takeTheirs(conflict)}>
          {t("conflict.useTheirs")}
        </Button>
      </span>
    </li>
  );
}
