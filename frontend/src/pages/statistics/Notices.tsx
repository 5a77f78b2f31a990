/** What to know before the figures are believed: changed labels, and whether best is better than last. */
import { CircleAlert, Scale } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon.tsx";
import { Switch } from "../../components/Switch.tsx";
import styles from "./Notices.module.css";
import type { Difference, GroundTruth, LabelsChanged, Statistics } from "./statisticsTypes.ts";

interface NoticesProps {
  statistics: Statistics;
  /** Best against last; undefined until it is computed. */
  difference: Difference | undefined;
  onGroundTruth: (groundTruth: GroundTruth) => void;
}

export function Notices({ statistics, difference, onGroundTruth }: NoticesProps) {
  const { t } = useTranslation("statistics");
  const { labels_changed, ground_truth } = statistics;
  const isToday = ground_truth === "today";
  return (
    <div className={styles.notices}>
      {(hasChanged(labels_changed) || isToday) && (
        <div className={styles.notice} role="note">
          <Icon of={CircleAlert} />
          <p>
            {hasChanged(labels_changed)
              ? t("labelsChanged", { ...labels_changed, count: labels_changed.images })
              : t("labelsSame")}
            {labels_changed.unknown_labels.length > 0 && (
              <> {t("unknownLabels", { labels: labels_changed.unknown_labels.join(", ") })}</>
            )}
            {labels_changed.gone_labels.length > 0 && (
              <> {t("goneLabels", { labels: labels_changed.gone_labels.join(", ") })}</>
            )}
          </p>
          <Switch isSelected={isToday} onChange={(on) => onGroundTruth(on ? "today" : "snapshot")}>
            {t("useToday")}
          </Switch>
        </div>
      )}
      {difference && (
        <p className={styles.verdict}>
          <Icon of={Scale} /> {verdictOf(difference, t)}
        </p>
      )}
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation<"statistics">>["t"];

function verdictOf({ difference, margin, verdict, reason }: Difference, t: Translate): string {
  if (difference === null || margin === null || verdict === null) {
    return t("noVerdict", { reason: reason ?? t("noReason") });
  }
  const of = { difference: Math.abs(difference).toFixed(3), margin: margin.toFixed(3) };
  switch (verdict) {
    case "better":
      return t("bestAhead", of);
    case "worse":
      return t("lastAhead", of);
    case "not_distinguishable":
      return t("notDistinguishable", { ...of, difference: difference.toFixed(3) });
  }
}

function hasChanged({ images, added, changed, removed, unknown_labels, gone_labels }: LabelsChanged): boolean {
  return images + added + changed + removed + unknown_labels.length + gone_labels.length > 0;
}
