import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import { urlOf } from "../../api/client.ts";
import { DownloadButton } from "../../components/Button.tsx";
import type { Cut } from "../predict/predictions.ts";
import panelStyles from "../predict/ResultDownloads.module.css";
import styles from "./BatchPage.module.css";
import { type Batch, batchPath } from "./batchQueries.ts";

const FORMATS = ["masks", "json", "coco", "semantic"] as const;

/** All that the slider keeps, as files the server writes. */
export function BatchDownloads({ batch, cut }: { batch: Batch; cut: Cut }) {
  const { t } = useTranslation(["predict", "batches"]);
  return (
    <section className={panelStyles.panel} aria-label={t("predict:downloads")}>
      <h2>{t("predict:downloads")}</h2>
      {batch.status === "ready" ? (
        <div className={panelStyles.buttons}>
          {FORMATS.map((format) => (
            <DownloadButton key={format} icon={Download} href={downloadPath(batch.id, format, cut)}>
              {t(`batches:format.${format}`)}
            </DownloadButton>
          ))}
        </div>
      ) : (
        <p className={styles.note}>{t("batches:notReady")}</p>
      )}
    </section>
  );
}

function downloadPath(batchId: number, format: string, cut: Cut): string {
  const query = { format, min_score: cut.kind === "all" ? cut.score / 100 : null };
  return urlOf(`${batchPath(batchId)}/download`, query);
}
