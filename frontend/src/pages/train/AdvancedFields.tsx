import { useTranslation } from "react-i18next";
import type { NewModel } from "../../api/types.ts";
import { Definition } from "../../components/Definition.tsx";
import { NumberField } from "../../components/NumberField.tsx";
import { Slider } from "../../components/Slider.tsx";
import { Switch } from "../../components/Switch.tsx";
import styles from "./TrainDialog.module.css";
import type { TrainingDefaults } from "./trainingQueries.ts";

interface AdvancedFieldsProps {
  defaults: TrainingDefaults;
  choice: NewModel;
  onChange: (values: Partial<NewModel>) => void;
}

const SMALLEST_IMAGE = 32;
const LARGEST_IMAGE = 4096;
const LARGEST_SEED = 2 ** 31 - 1;
const WHOLE = { maximumFractionDigits: 0 };

/** Validation set, learning rate, image size: for people who know why they change them. */
export function AdvancedFields({ defaults, choice, onChange }: AdvancedFieldsProps) {
  const { t } = useTranslation("train");
  const usesSet = choice.use_validation_set ?? false;
  const percent = choice.validation_percent ?? defaults.validation_percent;
  const { learning_rate: learningRate, image_size: imageSize } = choice;
  return (
    <>
      <div className={styles.line}>
        <Switch
          isSelected={usesSet}
          onChange={(use_validation_set) => onChange({ use_validation_set })}
          isDisabled={defaults.marked_images === 0 && !usesSet}
        >
          {t("useValidationSet")}
        </Switch>
        <Definition term={t("useValidationSet")}>{t("useValidationSetDefinition")}</Definition>
        <span className={styles.marked}>{t("markedImages", { count: defaults.marked_images })}</span>
      </div>
      <div className={styles.pair}>
        <div className={styles.percent}>
          <span className={styles.label}>
            {t("validationPercent")}
            <Definition term={t("validationPercent")}>{t("validationPercentDefinition")}</Definition>
          </span>
          <Slider
            label={t("validationPercent")}
            hideLabel
            value={percent}
            onChange={(validation_percent) => onChange({ validation_percent })}
            minValue={5}
            maxValue={50}
            step={5}
            output={`${percent} %`}
            isDisabled={usesSet}
          />
        </div>
        <NumberField
          label={t("learningRate")}
          labelExtra={<Definition term={t("learningRate")}>{t("learningRateDefinition")}</Definition>}
          placeholder={t("byDefault")}
          value={learningRate ?? Number.NaN}
          onChange={(learning_rate) => onChange({ learning_rate })}
          minValue={0.000001}
          maxValue={0.999999}
          step={0.000001}
          formatOptions={{ maximumFractionDigits: 6 }}
        />
      </div>
      <div className={styles.pair}>
        <NumberField
          label={t("imageSize")}
          labelExtra={<Definition term={t("imageSize")}>{t("imageSizeDefinition")}</Definition>}
          unit={t("pixels")}
          value={imageSize ?? Number.NaN}
          onChange={(image_size) => onChange({ image_size })}
          minValue={SMALLEST_IMAGE}
          maxValue={LARGEST_IMAGE}
          step={32}
          formatOptions={WHOLE}
        />
        <NumberField
          label={t("seed")}
          labelExtra={<Definition term={t("seed")}>{t("seedDefinition")}</Definition>}
          value={choice.seed ?? 0}
          onChange={(seed) => onChange({ seed })}
          minValue={0}
          maxValue={LARGEST_SEED}
          formatOptions={WHOLE}
        />
      </div>
      <div className={styles.pair}>
        <NumberField
          label={t("maxSteps")}
          labelExtra={<Definition term={t("maxSteps")}>{t("maxStepsDefinition")}</Definition>}
          placeholder={t("byTime")}
          value={choice.max_steps ?? Number.NaN}
          onChange={(max_steps) => onChange({ max_steps })}
          minValue={1}
          maxValue={10_000_000}
          formatOptions={WHOLE}
        />
      </div>
    </>
  );
}
