/** What to know before the figures are believed: changed labels, near-duplicates, and whether best is better than last. */
import { CircleAlert, Scale } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon } from "../../components/Icon.tsx";
import { Switch } from "../../components/Switch.tsx";
import styles from "./Notices.module.css";
import type { Difference, GroundTruth, LabelsChanged, Statistics } from "./statisticsTypes.ts";

interface NoticesProps {
  projectId: number;
  statistics: Statistics;
  /** Images of the set that show nearly the same as one of the other set; undefined until they are counted. */
  nearDuplicates: number | undefined;
  /** Best against last; undefined until it is computed. */
  difference: Difference | undefined;
  onGroundTruth: (groundTruth: GroundTruth) => void;
}

export function Notices({ projectId, statistics, nearDuplicates, difference, onGroundTruth }: NoticesProps) {
  const { t } = useTranslation("statistics");
  const { labels_changed, ground_truth } = statistics;
  const isToday = ground_truth === "today";
  return (
    <div className={styles.notices}>
      {(hasChanged(labels_changed) || isToday) && (
        <div className={styles.notice} role="note">
          <Icon of={CircleAlert} />
          <p>
            {labels_changed.images > 0
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
      {nearDuplicates !== undefined && nearDuplicates > 0 && (
        <div className={styles.notice} role="note">
          <Icon of={CircleAlert} />
          <p>{t("nearDuplicates", { count: nearDuplicates })}</p>
          <Link to={`/projects/${projectId}/near-duplicates`}>{t("showNearDuplicates")}</Link>
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
