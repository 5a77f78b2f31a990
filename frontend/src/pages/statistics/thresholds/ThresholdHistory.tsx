/** Who changed a checkpoint's thresholds, when, from what to what. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Checkpoint } from "../../../api/types.ts";
import { Dialog } from "../../../components/Dialog.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { formatMoment, formatPercent } from "../../../components/format.ts";
import { thresholdHistoryQuery } from "../statisticsQueries.ts";
import type { ThresholdHistoryEntry } from "../statisticsTypes.ts";
import styles from "./ThresholdFooter.module.css";

interface ThresholdHistoryProps {
  modelId: number;
  checkpoint: Checkpoint;
  isOpen: boolean;
  onClose: () => void;
}

export function ThresholdHistory({ modelId, checkpoint, isOpen, onClose }: ThresholdHistoryProps) {
  const { t } = useTranslation("statistics");
  const history = useQuery({ ...thresholdHistoryQuery(modelId, checkpoint), enabled: isOpen });
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t("historyTitle")} subtitle={t(checkpoint)}>
      <ErrorMessage error={history.error} onRetry={() => void history.refetch()} />
      {history.data?.items.length === 0 && <p>{t("noHistory")}</p>}
      <ol className={styles.history}>
        {history.data?.items.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </ol>
    </Dialog>
  );
}

function Entry({ entry }: { entry: ThresholdHistoryEntry }) {
  const { t } = useTranslation("statistics");
  const changed = Object.keys(entry.to.values).filter((label) => entry.from.values[label] !== entry.to.values[label]);
  return (
    <li>
      <strong>{t(entry.to.optimized ? "toOptimized" : "toByHand", { by: entry.by ?? t("goneAccount") })}</strong>
      <time dateTime={entry.at}>{formatMoment(entry.at)}</time>
      <span className={styles.changes}>
        {changed.length === 0 && t("sameValues")}
        {changed.map((label) => (
          <span key={label}>
            {t("fromTo", {
              label,
              from: formatPercent(entry.from.values[label]),
              to: formatPercent(entry.to.values[label]),
            })}
          </span>
        ))}
      </span>
    </li>
  );
}
