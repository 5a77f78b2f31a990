/** The model for other engines, and the labels that it was trained with. */
import { Download } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Checkpoint } from "../../api/types.ts";
import { DownloadButton } from "../../components/Button.tsx";
import styles from "./DownloadModelDialog.module.css";
import { type Engine, engineAddress, type Split, trainingLabelsAddress } from "./downloadQueries.ts";

const ENGINES: readonly Engine[] = ["onnx", "openvino", "torch"];
const SPLITS: readonly Split[] = ["training", "validation"];

export function OtherFormats({ modelId, checkpoint }: { modelId: number; checkpoint: Checkpoint }) {
  const { t } = useTranslation(["download", "common"]);
  return (
    <section className={styles.section} aria-labelledby="other-formats">
      <h3 id="other-formats">{t("formats")}</h3>
      <ul className={styles.formats}>
        {ENGINES.map((engine) => (
          <li key={engine} className={styles.format}>
            <span className={styles.formatText}>
              {t(engine)}
              <small>{t(`${engine}Note`)}</small>
            </span>
            <DownloadButton size="small" icon={Download} href={engineAddress(modelId, checkpoint, engine)}>
              {t("common:download")}
              <span className="visually-hidden"> {t(engine)}</span>
            </DownloadButton>
          </li>
        ))}
        <li className={styles.format}>
          <span className={styles.formatText}>
            {t("labels")}
            <small>{t("labelsNote")}</small>
          </span>
          <span className={styles.splits}>
            {SPLITS.map((split) => (
              <DownloadButton key={split} size="small" icon={Download} href={trainingLabelsAddress(modelId, split)}>
                {t(split)}
              </DownloadButton>
            ))}
          </span>
        </li>
      </ul>
    </section>
  );
}
