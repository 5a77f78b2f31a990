import { Check } from "lucide-react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import { useTranslation } from "react-i18next";
import type { LabelFormat } from "../../../api/types.ts";
import { Icon } from "../../../components/Icon.tsx";
import styles from "./FormatCards.module.css";

/** Formats of which the catalogue says in a line what they hold; of another one what it cannot hold is said. */
const WITH_NOTE = ["coco", "yolo", "voc", "labelme", "cvat", "masks", "semantic", "maskwright"] as const;

interface FormatCardsProps {
  formats: readonly LabelFormat[];
  value: string;
  onChange: (name: string) => void;
}

export function FormatCards({ formats, value, onChange }: FormatCardsProps) {
  const { t } = useTranslation("labelExport");
  const noteOf = ({ name, cannot_hold }: LabelFormat) => {
    const known = WITH_NOTE.find((one) => one === name);
    return known ? t(`note.${known}`) : t("cannotHold", { list: cannot_hold.join(", ") });
  };
  return (
    <RadioGroup value={value} onChange={onChange} className={styles.group ?? ""}>
      <Label className="visually-hidden">{t("format")}</Label>
      <div className={styles.cards}>
        {formats.map((format) => (
          <Radio key={format.name} value={format.name} className={styles.card ?? ""}>
            <span className={styles.name}>
              {format.title}
              {format.name === value && <Icon of={Check} className={styles.check} />}
            </span>
            <span className={styles.note}>{noteOf(format)}</span>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
