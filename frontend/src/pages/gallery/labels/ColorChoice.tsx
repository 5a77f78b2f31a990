import { Check } from "lucide-react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import fieldStyles from "../../../components/Field.module.css";
import { Icon } from "../../../components/Icon.tsx";
import { LABEL_PALETTE } from "../../../components/labelColors.ts";
import styles from "./ColorChoice.module.css";

interface ColorChoiceProps {
  value: string;
  onChange: (color: string) => void;
}

/** One of the palette's colours; a label that has another keeps it as a further choice. */
export function ColorChoice({ value, onChange }: ColorChoiceProps) {
  const { t } = useTranslation("labels");
  const isOther = !LABEL_PALETTE.some((color) => color === value.toUpperCase());
  const colors: readonly string[] = isOther ? [value, ...LABEL_PALETTE] : LABEL_PALETTE;
  return (
    <RadioGroup value={value.toUpperCase()} onChange={onChange} className={fieldStyles.field ?? ""}>
      <Label className={fieldStyles.label ?? ""}>{t("color")}</Label>
      <div className={styles.colors}>
        {colors.map((color) => (
          <Radio
            key={color}
            value={color.toUpperCase()}
            aria-label={color}
            className={styles.color ?? ""}
            style={{ background: color }}
          >
            {({ isSelected }) => isSelected && <Icon of={Check} size={16} className={styles.check} />}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
