/** Which scores are kept: the model's own thresholds, or one for all labels. */
import { useTranslation } from "react-i18next";
import { Checkbox } from "../components/Checkbox.tsx";
import { Slider } from "../components/Slider.tsx";
import { type Cut, LOWEST_SCORE, roundScore } from "../pages/predict/predictions.ts";
import styles from "./BundlePage.module.css";
import { DEFAULT_THRESHOLD } from "./served.ts";

interface ScorePanelProps {
  thresholds: Readonly<Record<string, number>>;
  cut: Cut;
  onChange: (cut: Cut) => void;
}

export function ScorePanel({ thresholds, cut, onChange }: ScorePanelProps) {
  const { t } = useTranslation("bundle");
  const score = cut.kind === "all" ? cut.score : averagePercent(thresholds);
  return (
    <section className={styles.panel} aria-label={t("minScore")}>
      <Slider
        label={t("minScore")}
        value={score}
        onChange={(value) => onChange({ kind: "all", score: roundScore(value) })}
        minValue={LOWEST_SCORE}
        maxValue={100}
        step={0.1}
        output={score.toFixed(1)}
      />
      <Checkbox
        isSelected={cut.kind === "model"}
        onChange={(isModel) => onChange(isModel ? { kind: "model", thresholds } : { kind: "all", score })}
      >
        {t("modelThresholds")}
      </Checkbox>
    </section>
  );
}

function averagePercent(thresholds: Readonly<Record<string, number>>): number {
  const values = Object.values(thresholds);
  if (values.length === 0) return DEFAULT_THRESHOLD * 100;
  return roundScore((values.reduce((sum, value) => sum + value, 0) / values.length) * 100);
}
