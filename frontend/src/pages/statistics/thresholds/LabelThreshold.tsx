/** One label's score threshold: a slider to try, a field to type; the dash is the optimized one. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { formatPercent } from "../../../components/format.ts";
import { NumberField } from "../../../components/NumberField.tsx";
import { Slider } from "../../../components/Slider.tsx";
import type { Interval, LabelStatistics } from "../statisticsTypes.ts";
import styles from "./LabelThreshold.module.css";
import type { ThresholdEditing } from "./useThresholdEditing.ts";

interface LabelThresholdProps {
  row: LabelStatistics;
  /** Where the optimized one would lie on other images. */
  interval: Interval | null | undefined;
  editing: ThresholdEditing;
}

export function LabelThreshold({ row, interval, editing }: LabelThresholdProps) {
  const { t } = useTranslation("statistics");
  // The answer to what is tried comes after the thumb has moved on: the thumb follows the hand, not the answer.
  const [held, setHeld] = useState<number | null>(null);
  const percent = held ?? row.threshold * 100;
  const optimized = row.optimized_threshold;
  const name = t("thresholdOf", { label: row.label });
  return (
    <span className={styles.cell}>
      <span className={styles.controls}>
        <Slider
          label={name}
          hideLabel
          className={styles.slider ?? ""}
          value={percent}
          minValue={0}
          maxValue={100}
          step={0.1}
          isDisabled={!editing.mayChange}
          onChange={(value) => {
            setHeld(value);
            editing.tryLabel(row.label, scoreOf(value));
          }}
          onChangeEnd={(value) => {
            setHeld(null);
            editing.setLabel(row.label, scoreOf(value));
          }}
        >
          {optimized !== null && (
            <i
              className={styles.optimized}
              style={{ left: `${optimized * 100}%` }}
              title={t("optimizedIs", { score: formatPercent(optimized) })}
            />
          )}
        </Slider>
        <NumberField
          label={t("typedThresholdOf", { label: row.label })}
          hideLabel
          value={percent}
          onChange={(value) => Number.isFinite(value) && editing.setLabel(row.label, scoreOf(value))}
          minValue={0}
          maxValue={100}
          step={0.1}
          unit="%"
          isDisabled={!editing.mayChange}
          formatOptions={{ minimumFractionDigits: 1, maximumFractionDigits: 1 }}
        />
      </span>
      {interval && (
        <small className={styles.note} title={t("thresholdIntervalText")}>
          {t("optimizedBetween", { low: formatPercent(interval.low, 0), high: formatPercent(interval.high, 0) })}
        </small>
      )}
    </span>
  );
}

/** The number that a step of 0.1 % means: 62.3 / 100 is not always 0.623. */
function scoreOf(percent: number): number {
  return Math.round(percent * 10) / 1000;
}
