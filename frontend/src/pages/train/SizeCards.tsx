import { Check } from "lucide-react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { ModelSize } from "../../api/types.ts";
import { formatDuration } from "../../components/format.ts";
import { Icon } from "../../components/Icon.tsx";
import styles from "./SizeCards.module.css";
import type { SizeDefaults } from "./trainingQueries.ts";

interface SizeCardsProps {
  sizes: readonly SizeDefaults[];
  value: ModelSize;
  onChange: (size: SizeDefaults) => void;
}

/** Small, medium, large, each with what it is for and how long it takes. */
export function SizeCards({ sizes, value, onChange }: SizeCardsProps) {
  const { t } = useTranslation("train");
  const choose = (chosen: string) => {
    const size = sizes.find((one) => one.size === chosen);
    if (size) onChange(size);
  };
  return (
    <RadioGroup value={value} onChange={choose} orientation="horizontal" className={styles.group ?? ""}>
      <Label className={styles.title ?? ""}>{t("modelSize")}</Label>
      <div className={styles.cards}>
        {sizes.map(({ size, train_minutes }) => (
          <Radio key={size} value={size} className={styles.card ?? ""}>
            <span className={styles.name}>
              {t(size)}
              {size === value && <Icon of={Check} className={styles.check} />}
            </span>
            <span className={styles.purpose}>{t(`${size}Purpose`)}</span>
            <b>{t("about", { time: formatDuration(train_minutes * 60) })}</b>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
