/** At which speed a model predicts, where it was made for more than one. */
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { speedsQuery } from "../../api/queries.ts";
import { type Model, SPEEDS, type Speed } from "../../api/types.ts";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";

interface SpeedChoiceProps {
  model: Model | undefined;
  speed: Speed;
  onChange: (speed: Speed) => void;
}

export function SpeedChoice({ model, speed, onChange }: SpeedChoiceProps) {
  const { t } = useTranslation("predict");
  const isReady = model?.status === "ready";
  const speeds = useQuery({ ...speedsQuery(model?.id ?? 0), enabled: isReady }).data?.items ?? [];
  const made = SPEEDS.filter((known) => speeds.some((one) => one.speed === known && one.status === "ready"));
  if (made.length < 2) return null;
  return (
    <SegmentedControl<Speed>
      label={t("speed.title")}
      value={speed}
      onChange={onChange}
      options={made.map((known) => ({ value: known, text: t(`speed.${known}`) }))}
    />
  );
}
