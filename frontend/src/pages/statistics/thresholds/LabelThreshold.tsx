/** One label's score threshold: a slider to try, a field to type; the dash is the optimized one. */
import { memo, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatPercent } from "../../../components/format.ts";
import { NumberField } from "../../../components/NumberField.tsx";
import { Slider } from "../../../components/Slider.tsx";
import type { Interval } from "../statisticsTypes.ts";
import styles from "./LabelThreshold.module.css";
import type { ThresholdEditing } from "./useThresholdEditing.ts";

interface LabelThresholdProps {
  label: string;
  /** Both 0-1; the optimized one is null where the validation set says nothing about the label. */
  threshold: number;
  optimized: number | null;
  /** Where the optimized one would lie on other images. */
  interval: Interval | null | undefined;
  mayChange: boolean;
  onTry: ThresholdEditing["tryLabel"];
  onSet: ThresholdEditing["setLabel"];
}

/** Drawn after the figures, and not at all where its threshold stays. */
export function LabelThreshold(props: LabelThresholdProps) {
  const threshold = useDeferredValue(props.threshold);
  return <ThresholdControls {...props} threshold={threshold} />;
}

const ThresholdControls = memo(function ThresholdControls(props: LabelThresholdProps) {
  const { label, threshold, optimized, interval, mayChange, onTry, onSet } = props;
  const { t } = useTranslation("statistics");
  // The answer to what is tried comes after the thumb has moved on: the thumb follows the hand, not the answer.
  const [held, setHeld] = useState<number | null>(null);
  const percent = held ?? threshold * 100;
  const name = t("thresholdOf", { label });
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
          isDisabled={!mayChange}
          onChange={(value) => {
            setHeld(value);
            onTry(label, scoreOf(value));
          }}
          onChangeEnd={(value) => {
            setHeld(null);
            onSet(label, scoreOf(value));
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
          label={t("typedThresholdOf", { label })}
          hideLabel
          value={percent}
          onChange={(value) => Number.isFinite(value) && onSet(label, scoreOf(value))}
          minValue={0}
          maxValue={100}
          step={0.1}
          unit="%"
          isDisabled={!mayChange}
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
});

/** The number that a step of 0.1 % means: 62.3 / 100 is not always 0.623. */
function scoreOf(percent: number): number {
  return Math.round(percent * 10) / 1000;
}
