import { Check, ChevronDown, ChevronUp, CircleAlert, CircleX, RotateCcw, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "../../../components/Button.tsx";
import { formatBytes } from "../../../components/format.ts";
import { Icon } from "../../../components/Icon.tsx";
import { ProgressBar } from "../../../components/ProgressBar.tsx";
import styles from "./UploadPanel.module.css";
import { type FileState, isOpen, mayRetry, totalsOf, type UploadFile } from "./uploadQueue.ts";
import { uploads, useUploads } from "./uploads.ts";

/** Rows drawn; of more files the count alone is told. What a person has to read comes first. */
const SHOWN_ROWS = 200;
const ORDER: readonly FileState[] = ["refused", "failed", "sending", "waiting", "cancelled", "done"];

/** Progress of the uploads, of each file and in all, on every page. */
export function UploadPanel() {
  const { t } = useTranslation("upload");
  const files = useUploads();
  const [isFolded, setFolded] = useState(false);
  if (files.length === 0) return null;
  const totals = totalsOf(files);
  const failed = files.filter(mayRetry);
  const rows = [...files].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
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
      {!isFolded && (
        <ul className={styles.rows}>
          {rows.slice(0, SHOWN_ROWS).map((file) => (
            <FileRow key={file.id} file={file} />
          ))}
          {rows.length > SHOWN_ROWS && (
            <li className={styles.more}>{t("more", { count: rows.length - SHOWN_ROWS })}</li>
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
      </span>
      <div className={styles.text}>
        <div className={styles.nameRow}>
          <span className={styles.name} title={file.name}>
            {file.name}
          </span>
          <span className={styles.note}>
            {file.state === "done" && file.imageCount > 1
              ? t("zipImages", { count: file.imageCount })
              : file.state === "sending" && file.sent >= file.size
                ? t("storing")
                : file.state === "waiting" || file.state === "sending"
                  ? formatBytes(file.size)
                  : t(`state.${file.state}`)}
          </span>
        </div>
        {file.state === "sending" && (
          <ProgressBar label={file.name} value={file.size === 0 ? 1 : file.sent / file.size} />
        )}
        {file.reason !== null && <p className={styles.reason}>{file.reason}</p>}
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
