/** The left side: upload, drop zone, and the images with how many objects were found in each. */
import { FileArchive, FolderUp, Images, Upload } from "lucide-react";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button.tsx";
import { classNames } from "../../components/classNames.ts";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { MenuItem } from "../../components/Menu.tsx";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import { SendingProgress } from "../../components/SendingProgress.tsx";
import { SplitButton } from "../../components/SplitButton.tsx";
import { filesOfDrop, type PickKind, pickFiles } from "../gallery/upload/pickFiles.ts";
import type { NamedFile } from "../gallery/upload/uploadQueue.ts";
import { useDropOnPage } from "../gallery/upload/useDropOnPage.ts";
import styles from "./PictureList.module.css";
import { type Cut, isKept } from "./predictions.ts";
import { MOST_AT_ONCE } from "./takenFiles.ts";
import type { BatchSending } from "./useBatchSending.ts";
import type { Picture } from "./usePredictions.ts";

interface PictureListProps {
  pictures: readonly Picture[];
  shown: Picture | null;
  cut: Cut;
  sending: BatchSending;
  onShow: (id: number) => void;
  onFiles: (files: readonly NamedFile[]) => void;
}

export function PictureList({ pictures, shown, cut, sending, onShow, onFiles }: PictureListProps) {
  const { t } = useTranslation(["predict", "upload", "common"]);
  const isOver = useDropOnPage(
    useCallback(async (dropped: DataTransfer) => onFiles((await filesOfDrop(dropped)).files), [onFiles]),
  );
  const pick = async (kind: PickKind) => onFiles(await pickFiles(kind));
  return (
    <>
      <div className={styles.top}>
        <SplitButton
          kind="upload"
          size="large"
          icon={Upload}
          text={t("predict:upload")}
          menuLabel={t("upload:ways")}
          onPress={() => pick("images")}
        >
          <MenuItem icon={Images} onAction={() => pick("images")}>
            {t("upload:images")}
          </MenuItem>
          <MenuItem icon={FolderUp} onAction={() => pick("folder")}>
            {t("upload:folder")}
          </MenuItem>
          <MenuItem icon={FileArchive} onAction={() => pick("zip")}>
            {t("upload:zip")}
          </MenuItem>
        </SplitButton>
        <div className={classNames(styles.drop, isOver && styles.over)}>
          {t("predict:drop")}
          <small>{t("predict:dropMany", { count: MOST_AT_ONCE })}</small>
        </div>
        {sending.count > 0 && (
          <div className={styles.sending}>
            <SendingProgress share={sending.share} after={t("predict:reading", { count: sending.count })} />
            <Button size="small" onPress={sending.stop}>
              {t("common:cancel")}
            </Button>
          </div>
        )}
        <ErrorMessage error={sending.error} onRetry={sending.again} />
      </div>
      <h2 className={styles.title}>
        {t("predict:images")} <span>{pictures.length}</span>
      </h2>
      <ul className={styles.list}>
        {pictures.map((picture) => (
          <li key={picture.id}>
            <button
              type="button"
              className={classNames(styles.item, picture === shown && styles.shown)}
              aria-current={picture === shown}
              onClick={() => onShow(picture.id)}
            >
              <span className={styles.thumbnail}>{picture.url && <img src={picture.url} alt="" />}</span>
              <span className={styles.text}>
                <span className={styles.name}>{picture.name}</span>
                <PictureState picture={picture} cut={cut} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function PictureState({ picture, cut }: { picture: Picture; cut: Cut }) {
  const { t } = useTranslation("predict");
  switch (picture.state) {
    case "waiting":
      return <span className={styles.note}>{t("waiting")}</span>;
    case "running":
      return <ProgressBar label={t("running")} value={null} />;
    case "stalled":
      return <span className={styles.note}>{t("stalledShort")}</span>;
    case "failed":
      return <span className={styles.failed}>{t("failed")}</span>;
    case "done": {
      const count = picture.objects.filter((object) => isKept(object, cut)).length;
      return (
        <span className={styles.note}>
          {t("objects", { count })}, {t("seconds", { seconds: (picture.seconds ?? 0).toFixed(1) })}
        </span>
      );
    }
  }
}
