import { RotateCcw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../components/Button.tsx";
import { Slider } from "../../../components/Slider.tsx";
import styles from "./SidePanel.module.css";

/** How things look; nothing of it is ever saved with the labels. */
export interface Display {
  readonly fill: number;
  readonly brightness: number;
  readonly contrast: number;
}

export const DEFAULT_DISPLAY: Display = { fill: 24, brightness: 100, contrast: 100 };

const NAMES = ["fill", "brightness", "contrast"] as const;

interface DisplaySettingsProps {
  display: Display;
  onChange: (display: Display) => void;
}

export function DisplaySettings({ display, onChange }: DisplaySettingsProps) {
  const { t } = useTranslation("labeling");
  const slider = (name: keyof Display, label: string, most: number) => (
    <Slider
      label={label}
      className={styles.slider ?? ""}
      value={display[name]}
      minValue={name === "fill" ? 0 : 20}
      maxValue={most}
      step={1}
      onChange={(value) => onChange({ ...display, [name]: value })}
      output={t("percent", { value: display[name] })}
    />
  );
  const isDefault = NAMES.every((name) => display[name] === DEFAULT_DISPLAY[name]);
  return (
    <div className={styles.display}>
      {slider("fill", t("fill"), 80)}
      {slider("brightness", t("brightness"), 250)}
      {slider("contrast", t("contrast"), 250)}
      <Button
        kind="quiet"
        size="small"
        icon={RotateCcw}
        isDisabled={isDefault}
        onPress={() => onChange(DEFAULT_DISPLAY)}
      >
        {t("resetDisplay")}
      </Button>
    </div>
  );
}
