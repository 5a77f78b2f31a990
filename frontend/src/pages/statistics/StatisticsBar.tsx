/** Which set, which checkpoint, at which IoU and speed: everything below follows. */
import { useTranslation } from "react-i18next";
import type { Checkpoint, Model, Split } from "../../api/types.ts";
import { Definition } from "../../components/Definition.tsx";
import { SegmentedControl } from "../../components/SegmentedControl.tsx";
import { Slider } from "../../components/Slider.tsx";
import { SpeedChoice } from "../predict/SpeedChoice.tsx";
import styles from "./StatisticsPage.module.css";
import { type ChangeView, IOU_PERCENT, type StatisticsView } from "./useStatisticsView.ts";

interface StatisticsBarProps {
  model: Model | undefined;
  view: StatisticsView;
  onView: ChangeView;
}

export function StatisticsBar({ model, view, onView }: StatisticsBarProps) {
  const { t } = useTranslation("statistics");
  return (
    <div className={styles.bar}>
      <SegmentedControl<Split>
        label={t("set")}
        value={view.split}
        onChange={(split) => onView({ split, imageId: null })}
        options={[
          { value: "training", text: t("trainingTab", { count: model?.training_image_count ?? 0 }) },
          { value: "validation", text: t("validationTab", { count: model?.validation_image_count ?? 0 }) },
        ]}
      />
      <span className={styles.space} />
      <span className={styles.iou}>
        <Slider
          label={t("iouThreshold")}
          value={view.iouPercent}
          onChange={(iouPercent) => onView({ iouPercent })}
          minValue={IOU_PERCENT.lowest}
          maxValue={IOU_PERCENT.highest}
          step={1}
          output={`${view.iouPercent} %`}
          className={styles.slider ?? ""}
        />
        <Definition term={t("iouThreshold")}>{t("iouText")}</Definition>
      </span>
      <SegmentedControl<Checkpoint>
        label={t("checkpoint")}
        value={view.checkpoint}
        onChange={(checkpoint) => onView({ checkpoint, imageId: null })}
        options={[
          { value: "best", text: t("best") },
          { value: "last", text: t("last") },
        ]}
      />
      <SpeedChoice model={model} speed={view.speed} onChange={(speed) => onView({ speed, imageId: null })} />
    </div>
  );
}
