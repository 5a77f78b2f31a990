/** Choosing a picture, where it goes, and how far the answer is. */
import { ShieldCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Speed } from "../api/types.ts";
import { Icon } from "../components/Icon.tsx";
import { ProgressBar } from "../components/ProgressBar.tsx";
import { TextField } from "../components/TextField.tsx";
import styles from "./BundlePage.module.css";
import { PictureButtons } from "./PictureButtons.tsx";
import type { Loading } from "./useBrowserModel.ts";
import type { Prediction } from "./usePrediction.ts";

interface AskPanelProps {
  onFile: (file: File) => void;
  /** The server that pictures are sent to; null where they stay in the browser. */
  sentTo: string | null;
  speed: Speed | null;
  /** Null where none is asked for. */
  token: string | null;
  onToken: (token: string) => void;
  loading: Loading | null;
  prediction: Prediction;
}

const BYTES_PER_MB = 1e6;

export function AskPanel({ onFile, sentTo, speed, token, onToken, loading, prediction }: AskPanelProps) {
  const { t } = useTranslation("bundle");
  return (
    <section className={styles.panel}>
      <PictureButtons onFile={onFile} />
      <p className={styles.promise}>
        <Icon of={ShieldCheck} />
        {sentTo === null ? t("staysHere") : t("goesToServer", { host: sentTo })}
      </p>
      {sentTo === null && (speed === "medium" || speed === "fast") && (
        <p className={styles.note}>{t(`${speed}InBrowser`)}</p>
      )}
      {token !== null && (
        <TextField
          label={t("token")}
          note={t("tokenNote")}
          type="password"
          autoComplete="off"
          value={token}
          onChange={onToken}
        />
      )}
      {loading && <LoadingLine loading={loading} />}
      <p className={styles.note} role="status" data-state={prediction.state}>
        {prediction.state === "running" && t("running")}
        {prediction.state === "done" && t("took", { seconds: prediction.seconds.toFixed(1) })}
      </p>
    </section>
  );
}

function LoadingLine({ loading: { loadedBytes, totalBytes } }: { loading: Loading }) {
  const { t } = useTranslation("bundle");
  const inMb = (bytes: number) => (bytes / BYTES_PER_MB).toFixed(0);
  const isHere = totalBytes > 0 && loadedBytes >= totalBytes;
  const text = isHere ? t("preparing") : t("loadingModel", { loaded: inMb(loadedBytes), total: inMb(totalBytes) });
  return (
    <div className={styles.loading}>
      <span>{text}</span>
      <ProgressBar label={text} value={totalBytes > 0 && !isHere ? loadedBytes / totalBytes : null} />
    </div>
  );
}
