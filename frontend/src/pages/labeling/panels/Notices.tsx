import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import type { Conflict } from "../saving/merge.ts";
import type { LabelingSession } from "../work/labelingSession.ts";
import type { OpenImage } from "../work/sessionState.ts";
import styles from "./Notices.module.css";

interface NoticesProps {
  session: LabelingSession;
  open: OpenImage;
}

/** What the person must know of this image: a picture that is missing, objects of which there are two versions. */
export function Notices({ session, open }: NoticesProps) {
  const { t } = useTranslation("labeling");
  const { conflicts, isPictureMissing } = open;
  return (
    <div className={styles.notices}>
      {isPictureMissing && (
        <section className={styles.notice} role="alert">
          <p>{t("pictureMissing")}</p>
          <Button size="small" onPress={() => session.retryPicture()}>
            {t("retry")}
          </Button>
        </section>
      )}
      {conflicts.length > 0 && (
        <section className={styles.notice} role="alert">
          <p>{t("conflict.title")}</p>
          <ul>
            {conflicts.map((conflict) => (
              <ConflictRow key={conflict.id} session={session} open={open} conflict={conflict} />
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

interface ConflictRowProps extends NoticesProps {
  conflict: Conflict;
}

function ConflictRow({ session, open, conflict }: ConflictRowProps) {
  const { t } = useTranslation("labeling");
  const label = (conflict.mine ?? conflict.theirs)?.label ?? "";
  const showTheirs = (isLookedAt: boolean) => open.editor.setPreview(isLookedAt ? conflict.theirs : null);
  return (
    <li className={styles.conflict}>
      <Button kind="quiet" size="small" onPress={() => open.editor.choose(conflict.id)}>
        {t("conflict.object", { label })}
      </Button>
      {conflict.theirs === null && <span className={styles.gone}>{t("conflict.deleted")}</span>}
      <span className={styles.choices}>
        <Button size="small" onPress={() => session.dismissConflict(open.image.id, conflict.id)}>
          {t("conflict.keepMine")}
        </Button>
        <Button
          size="small"
          onHoverChange={showTheirs}
          onFocusChange={showTheirs}
          onPress={() => session.takeTheirs(open.image.id, conflict)}
        >
          {t("conflict.useTheirs")}
        </Button>
      </span>
    </li>
  );
}
