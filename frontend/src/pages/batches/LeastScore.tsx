import { useTranslation } from "react-i18next";
import { Checkbox } from "../../components/Checkbox.tsx";
import { NumberField } from "../../components/NumberField.tsx";

interface LeastScoreProps {
  /** 0-1; null leaves it to the model's thresholds. */
  value: number | null;
  onChange: (value: number | null) => void;
}

const DEFAULT_PERCENT = 50;

/** From which score on predictions become drafts: each label's own threshold, or one for all. */
export function LeastScore({ value, onChange }: LeastScoreProps) {
  const { t } = useTranslation(["batches", "predict"]);
  return (
    <>
      <Checkbox
        isSelected={value === null}
        onChange={(isSelected) => onChange(isSelected ? null : DEFAULT_PERCENT / 100)}
      >
        {t("predict:modelThresholds")}
      </Checkbox>
      <NumberField
        label={t("batches:leastScore")}
        unit="%"
        isDisabled={value === null}
        value={value === null ? DEFAULT_PERCENT : Math.round(value * 1000) / 10}
        onChange={(percent) => Number.isFinite(percent) && onChange(percent / 100)}
        minValue={0}
        maxValue={100}
        step={0.1}
      />
    </>
  );
}
