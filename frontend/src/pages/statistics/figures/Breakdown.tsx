/** Where the mistakes are: what is taken for what, at which scores, and of which sizes. */
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ConfusionMatrix } from "../../../charts/ConfusionMatrix.tsx";
import { Histogram } from "../../../charts/Histogram.tsx";
import { Definition } from "../../../components/Definition.tsx";
import type { Statistics } from "../statisticsTypes.ts";
import styles from "./Breakdown.module.css";

type BreakdownProps = Pick<Statistics, "confusion" | "scores" | "sizes">;

export const Breakdown = memo(function Breakdown({ confusion, scores, sizes }: BreakdownProps) {
  const { t } = useTranslation("statistics");
  return (
    <div className={styles.panels}>
      <Panel title={t("confusion")} text={t("confusionText")}>
        <ConfusionMatrix {...confusion} />
      </Panel>
      <Panel title={t("scores")} text={t("scoresText")}>
        <Histogram
          label={t("scores")}
          axis={t("scorePercent")}
          edges={scores.edges}
          formatEdge={(edge) => String(Math.round(edge * 100))}
          edgeStep={4}
          cutsHighest
          parts={[
            { name: t("correct"), color: "--ok", counts: scores.correct },
            { name: t("incorrect"), color: "--bad", counts: scores.incorrect },
          ]}
        />
      </Panel>
      <Panel title={t("sizes")} text={t("sizesText")}>
        <Histogram
          label={t("sizes")}
          axis={t("sizePx")}
          edges={sizes.edges}
          formatEdge={(edge) => String(Math.round(edge))}
          parts={[
            { name: t("found"), color: "--ok", counts: sizes.found },
            { name: t("missed"), color: "--curve-2", counts: sizes.missed },
            { name: t("imagined"), color: "--bad", counts: sizes.imagined },
          ]}
        />
      </Panel>
    </div>
  );
});

function Panel({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <section className={styles.panel} aria-label={title}>
      <header className={styles.header}>
        <h2>{title}</h2>
        <Definition term={title}>{text}</Definition>
      </header>
      {children}
    </section>
  );
}
