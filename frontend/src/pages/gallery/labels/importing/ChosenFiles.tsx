import { FileUp, FolderUp, X } from "lucide-react";
import { FileTrigger } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../../../components/Button.tsx";
import { classNames } from "../../../../components/classNames.ts";
import { formatBytes } from "../../../../components/format.ts";
import type { NamedFile } from "../../upload/uploadQueue.ts";
import styles from "./ChosenFiles.module.css";

/** More names than these help nobody; the count says how many there are. */
const SHOWN_FILES = 5;

interface ChosenFilesProps {
  files: readonly NamedFile[];
  endings: readonly string[];
  isOver: boolean;
  onAdd: (files: NamedFile[]) => void;
  onRemove: (name: string | null) => void;
}

/** Where files are chosen or dropped, and which ones are. */
export function ChosenFiles({ files, endings, isOver, onAdd, onRemove }: ChosenFilesProps) {
  const { t } = useTranslation("labelImport");
  const add = (list: FileList | null) =>
    onAdd([...(list ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file })));
  return (
    <div className={classNames(styles.zone, isOver && styles.over)}>
      <p className={styles.hint}>{isOver ? t("dropNow") : t("dropHere")}</p>
      <div className={styles.buttons}>
        <FileTrigger allowsMultiple acceptedFileTypes={endings} onSelect={add}>
          <Button icon={FileUp}>{t("chooseFiles")}</Button>
        </FileTrigger>
        <FileTrigger acceptDirectory onSelect={add}>
          <Button icon={FolderUp}>{t("chooseFolder")}</Button>
        </FileTrigger>
      </div>
      {files.length > 0 && (
        <ul className={styles.files} aria-label={t("chosen")}>
          {files.slice(0, SHOWN_FILES).map(({ name, file }) => (
            <li key={name} className={styles.file}>
              <span className={styles.name}>{name}</span>
              <span className={styles.size}>{formatBytes(file.size)}</span>
              <IconButton size="small" icon={X} label={t("leaveOut", { name })} onPress={() => onRemove(name)} />
            </li>
          ))}
          {files.length > SHOWN_FILES && (
            <li className={styles.file}>
              <span className={styles.size}>{t("moreFiles", { count: files.length - SHOWN_FILES })}</span>
              <Button size="small" kind="quiet" onPress={() => onRemove(null)}>
                {t("leaveOutAll")}
              </Button>
            </li>
          )}
        </ul>
      )}
    </div>
  );
}
