/** Which scores are kept: the model's own thresholds, or one for all labels that the slider tries out. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../components/Button.tsx";
import { Checkbox } from "../../components/Checkbox.tsx";
import { Definition } from "../../components/Definition.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { NumberField } from "../../components/NumberField.tsx";
import { Slider } from "../../components/Slider.tsx";
import { type Cut, objectKey, type PredictedObject, roundScore } from "./predictions.ts";
import styles from "./ThresholdPanel.module.css";

interface ThresholdPanelProps {
  modelThresholds: Readonly<Record<string, number>>;
  cut: Cut;
  onChange: (cut: Cut) => void;
  /** Makes the score the model's threshold of every label, for everybody; left out, that is not offered. */
  onSetAll?: (score: number) => Promise<unknown>;
  objects: readonly PredictedObject[];
  colorOf: (label: string) => string;
}

const DEFAULT_SCORE = 50;

export function ThresholdPanel({ modelThresholds, cut, onChange, onSetAll, objects, colorOf }: ThresholdPanelProps) {
  const { t } = useTranslation("predict");
  const [error, setError] = useState<unknown>(null);
  const score = cut.kind === "all" ? cut.score : averageScore(modelThresholds);
  const choose = (value: number) => onChange({ kind: "all", score: roundScore(value) });
  const setAll = async () => {
    setError(null);
    await onSetAll?.(score).catch(setError);
  };
  return (
    <section className={styles.panel} aria-label={t("threshold")}>
      <h2 className={styles.title}>
        {t("threshold")}
        <Definition term={t("threshold")}>{t("thresholdDefinition")}</Definition>
      </h2>
      <div className={styles.row}>
        <Slider label={t("threshold")} hideLabel value={score} onChange={choose} minValue={0} maxValue={100} step={0.1}>
          {objects.map((object) => (
            <i
              key={objectKey(object)}
              className={styles.tick}
              style={{ left: `${object.score}%`, background: colorOf(object.label) }}
            />
          ))}
        </Slider>
        <div className={styles.field}>
          <NumberField
            label={t("threshold")}
            hideLabel
            value={score}
            onChange={(value) => Number.isFinite(value) && choose(value)}
            minValue={0}
            maxValue={100}
            step={0.1}
            formatOptions={{ minimumFractionDigits: 1, maximumFractionDigits: 1 }}
          />
        </div>
        {onSetAll && (
          <Button onPress={setAll} isDisabled={cut.kind === "model"}>
            {t("setAll")}
          </Button>
        )}
      </div>
      <Checkbox
        isSelected={cut.kind === "model"}
        onChange={(isSelected) =>
          onChange(isSelected ? { kind: "model", thresholds: modelThresholds } : { kind: "all", score })
        }
      >
        {t("modelThresholds")}
      </Checkbox>
      <ErrorMessage error={error} />
    </section>
  );
}

function averageScore(thresholds: Readonly<Record<string, number>>): number {
  const values = Object.values(thresholds);
  if (values.length === 0) return DEFAULT_SCORE;
  return roundScore((values.reduce((sum, value) => sum + value, 0) / values.length) * 100);
}
