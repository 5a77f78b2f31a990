import { Check, ChevronDown, ChevronUp, CircleAlert, CircleX, RotateCcw, WifiOff, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asSentence } from "../../../api/client.ts";
import { Button, IconButton } from "../../../components/Button.tsx";
import { formatBytes } from "../../../components/format.ts";
import { Icon } from "../../../components/Icon.tsx";
import { ProgressBar } from "../../../components/ProgressBar.tsx";
import styles from "./UploadPanel.module.css";
import { firstRows, isOpen, mayRetry, totalsOf, type UploadFile } from "./uploadQueue.ts";
import { uploads, useUploads } from "./uploads.ts";

/** Rows drawn; of more files the count alone is told. */
const SHOWN_ROWS = 200;
const SHOWN_DUPLICATES = 5;

/** Progress of the uploads, of each file and in all, on every page. */
export function UploadPanel() {
  const { t } = useTranslation("upload");
  const files = useUploads();
  const [isFolded, setFolded] = useState(false);
  if (files.length === 0) return null;
  const totals = totalsOf(files);
  const failed = files.filter(mayRetry);
  const rows = firstRows(files, SHOWN_ROWS);
  return (
    <section className={styles.panel} aria-label={t("title")}>
      <header className={styles.header}>
        <h2 className={styles.title} aria-live="polite">
          {totals.open > 0
            ? t("running", { done: files.length - totals.open, count: files.length })
            : t("finished", { count: totals.done })}
        </h2>
        <IconButton
          size="small"
          icon={isFolded ? ChevronUp : ChevronDown}
          label={isFolded ? t("unfold") : t("fold")}
          onPress={() => setFolded(!isFolded)}
        />
        {totals.open === 0 && <IconButton size="small" icon={X} label={t("close")} onPress={() => uploads.clear()} />}
      </header>
      {totals.open > 0 && <ProgressBar label={t("title")} value={totals.progress} className={styles.total ?? ""} />}
      {totals.refused > 0 && <p className={styles.problem}>{t("refusedCount", { count: totals.refused })}</p>}
      {totals.failed > 0 && <p className={styles.problem}>{t("failedCount", { count: totals.failed })}</p>}
      {totals.duplicates > 0 && <p className={styles.notice}>{t("duplicateCount", { count: totals.duplicates })}</p>}
      {totals.stalled > 0 && <p className={styles.notice}>{t("stalledText")}</p>}
      {!isFolded && (
        <ul className={styles.rows}>
          {rows.map((file) => (
            <FileRow key={file.id} file={file} />
          ))}
          {files.length > rows.length && (
            <li className={styles.more}>{t("more", { count: files.length - rows.length })}</li>
          )}
        </ul>
      )}
      {(totals.open > 0 || failed.length > 0) && (
        <footer className={styles.footer}>
          {failed.length > 0 && (
            <Button size="small" icon={RotateCcw} onPress={() => uploads.retry(new Set(failed.map(({ id }) => id)))}>
              {t("retryAll")}
            </Button>
          )}
          {totals.open > 0 && (
            <Button size="small" onPress={() => uploads.cancelAll()}>
              {t("cancelAll")}
            </Button>
          )}
        </footer>
      )}
    </section>
  );
}

function FileRow({ file }: { file: UploadFile }) {
  const { t } = useTranslation("upload");
  const only = new Set([file.id]);
  return (
    <li className={styles.row} data-state={file.state}>
      <span className={styles.icon}>
        {file.state === "done" && <Icon of={Check} className={styles.ok} />}
        {file.state === "refused" && <Icon of={CircleX} className={styles.bad} />}
        {file.state === "failed" && <Icon of={CircleAlert} className={styles.bad} />}
        {file.state === "stalled" && <Icon of={WifiOff} className={styles.stalled} />}
      </span>
      <div className={styles.text}>
        <div className={styles.nameRow}>
          <span className={styles.name} title={file.name}>
            {file.name}
          </span>
          <FileNote file={file} />
        </div>
        {(file.state === "sending" || file.state === "stalled") && (
          <ProgressBar label={file.name} value={file.size === 0 ? 1 : file.sent / file.size} />
        )}
        {file.reason !== null && <p className={styles.reason}>{asSentence(file.reason)}</p>}
        {file.duplicates.length > 0 && <Duplicates file={file} />}
      </div>
      {isOpen(file) && (
        <IconButton
          size="small"
          icon={X}
          label={t("cancelOne", { name: file.name })}
          onPress={() => uploads.cancel(only)}
        />
      )}
      {mayRetry(file) && (
        <IconButton
          size="small"
          icon={RotateCcw}
          label={t("retryOne", { name: file.name })}
          onPress={() => uploads.retry(only)}
        />
      )}
    </li>
  );
}

function FileNote({ file }: { file: UploadFile }) {
  const { t } = useTranslation("upload");
  const note = () => {
    switch (file.state) {
      case "waiting":
        return formatBytes(file.size);
      case "sending":
        return file.sent < file.size ? formatBytes(file.size) : t("storing");
      case "done":
        return file.imageCount > 1 ? t("zipImages", { count: file.imageCount }) : t("state.done");
      default:
        return t(`state.${file.state}`);
    }
  };
  return <span className={styles.note}>{note()}</span>;
}

/** Which images have the same content as another one: the first few by name. */
function Duplicates({ file: { name, duplicates } }: { file: UploadFile }) {
  const { t } = useTranslation("upload");
  const lines = duplicates
    .slice(0, SHOWN_DUPLICATES)
    .map((duplicate) =>
      duplicate.name === name ? t("duplicateOf", { of: duplicate.of }) : t("duplicateInside", { ...duplicate }),
    );
  const left = duplicates.length - lines.length;
  return (
    <p className={styles.reason}>
      {[...lines, ...(left > 0 ? [t("moreDuplicates", { count: left })] : [])].join("\n")}
    </p>
  );
}
