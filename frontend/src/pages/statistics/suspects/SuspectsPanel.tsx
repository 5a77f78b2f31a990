/** Labels that may be wrong, the likeliest first: each shown where it is, with the way to the editor. */
import { useQuery } from "@tanstack/react-query";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Definition } from "../../../components/Definition.tsx";
import { ErrorMessage } from "../../../components/ErrorMessage.tsx";
import { formatPercent } from "../../../components/format.ts";
import { Select } from "../../../components/Select.tsx";
import { Skeleton } from "../../../components/Skeleton.tsx";
import { type Judging, suspectsQuery } from "../statisticsQueries.ts";
import type { Suspect, SuspectKind } from "../statisticsTypes.ts";
import type { ChangeView } from "../useStatisticsView.ts";
import { SuspectCrop } from "./SuspectCrop.tsx";
import styles from "./SuspectsPanel.module.css";

interface SuspectsPanelProps {
  projectId: number;
  judging: Judging;
  kind: SuspectKind | null;
  onView: ChangeView;
}

const KINDS: readonly SuspectKind[] = ["unlabeled", "mislabeled", "unpredicted"];
const ANY = "";

/** Kept as it is while a slider moves: sixty drawn masks are dear. */
export const SuspectsPanel = memo(function SuspectsPanel({ projectId, judging, kind, onView }: SuspectsPanelProps) {
  const { t } = useTranslation("statistics");
  const suspects = useQuery(suspectsQuery(judging, kind));
  return (
    <section className={styles.panel} aria-label={t("suspects")} data-print="hide">
      <header className={styles.header}>
        <h2>{t("suspects")}</h2>
        <Definition term={t("suspects")}>{t("suspectsText")}</Definition>
        <span className={styles.count}>{suspects.data && t("suspectCount", { count: suspects.data.total })}</span>
        <span className={styles.space} />
        <div className={styles.select}>
          <Select
            label={t("suspectKind")}
            hideLabel
            value={kind ?? ANY}
            onChange={(value) => onView({ suspects: value === ANY ? null : value })}
            options={[{ value: ANY, text: t("anySuspect") }, ...KINDS.map((value) => ({ value, text: t(value) }))]}
          />
        </div>
      </header>
      <ErrorMessage error={suspects.error} onRetry={() => void suspects.refetch()} />
      {suspects.isPending && <Skeleton height={120} />}
      {suspects.data?.items.length === 0 && <p className={styles.none}>{t("noSuspects")}</p>}
      <ul className={styles.grid}>
        {suspects.data?.items.map((suspect) => (
          <li key={`${suspect.image_id}-${suspect.kind}-${suspect.box_xyxy}-${suspect.suggested_label}`}>
            <SuspectCard
              suspect={suspect}
              projectId={projectId}
              onOpen={() => onView({ imageId: suspect.image_id, filter: "all", label: null })}
            />
          </li>
        ))}
      </ul>
    </section>
  );
});

interface SuspectCardProps {
  suspect: Suspect;
  projectId: number;
  onOpen: () => void;
}

function SuspectCard({ suspect, projectId, onOpen }: SuspectCardProps) {
  const { t } = useTranslation("statistics");
  const saying = sayingOf(suspect, t);
  return (
    <article className={styles.card}>
      <button type="button" className={styles.crop} onClick={onOpen} aria-label={t("showSuspect", { saying })}>
        <SuspectCrop suspect={suspect} />
      </button>
      <p className={styles.saying}>{saying}</p>
      <p className={styles.where}>
        <span title={suspect.image_name ?? undefined}>{suspect.image_name ?? t("deletedImage")}</span>
        {suspect.image_name !== null && (
          <Link to={`/projects/${projectId}/label/${suspect.image_id}`}>{t("fixInEditor")}</Link>
        )}
      </p>
    </article>
  );
}

type Translate = ReturnType<typeof useTranslation<"statistics">>["t"];

function sayingOf({ kind, label, suggested_label, score }: Suspect, t: Translate): string {
  const of = { label: label ?? "", suggested: suggested_label ?? "", score: formatPercent(score, 0) };
  switch (kind) {
    case "unlabeled":
      return t("unlabeledOne", of);
    case "mislabeled":
      return t("mislabeledOne", of);
    case "unpredicted":
      return t("unpredictedOne", of);
  }
}
