/** The left side: upload, drop zone, and the images with how many objects were found in each. */
import { Upload } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button.tsx";
import { classNames } from "../../components/classNames.ts";
import { ProgressBar } from "../../components/ProgressBar.tsx";
import styles from "./PictureList.module.css";
import { type Cut, isKept } from "./predictions.ts";
import { sourcesOf } from "./sources.ts";
import type { Picture, PictureSource } from "./usePredictions.ts";

interface PictureListProps {
  pictures: readonly Picture[];
  shown: Picture | null;
  cut: Cut;
  onShow: (id: number) => void;
  onAdd: (sources: PictureSource[]) => void;
}

export function PictureList({ pictures, shown, cut, onShow, onAdd }: PictureListProps) {
  const { t } = useTranslation("predict");
  const input = useRef<HTMLInputElement>(null);
  const isOver = useDropOnPage(onAdd);
  return (
    <>
      <div className={styles.top}>
        <Button kind="upload" size="large" fill icon={Upload} onPress={() => input.current?.click()}>
          {t("upload")}
        </Button>
        <input
          ref={input}
          type="file"
          accept="image/*"
          multiple
          hidden
          onChange={({ currentTarget }) => {
            onAdd(sourcesOf(currentTarget.files));
            currentTarget.value = "";
          }}
        />
        <div className={classNames(styles.drop, isOver && styles.over)}>{t("drop")}</div>
      </div>
      <h2 className={styles.title}>
        {t("images")} <span>{pictures.length}</span>
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

/** Files may be dropped anywhere on the page; answers whether some are being dragged over it. */
function useDropOnPage(onAdd: (sources: PictureSource[]) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const over = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent) => event.relatedTarget === null && setIsOver(false);
    const drop = (event: DragEvent) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      setIsOver(false);
      onAdd(sourcesOf(event.dataTransfer?.files ?? null));
    };
    document.addEventListener("dragover", over);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, [onAdd]);
  return isOver;
}
