import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Slider } from "../../../components/Slider.tsx";
import type { Editor } from "../../../editor/editor.ts";
import { type Instance, shapePoints, shapePolygons } from "../../../editor/instance.ts";
import { simplified, simplify } from "../../../editor/shaping.ts";
import { overlapOf } from "../../../geometry/overlap.ts";
import styles from "./SidePanel.module.css";

/** Image pixels. */
const MOST_TOLERANCE = 12;

/** The outline with fewer corners is shown while the slider moves, and taken when it is let go. */
export function SimplifySlider({ editor, instance }: { editor: Editor; instance: Instance }) {
  const { t } = useTranslation("labeling");
  const [tolerance, setTolerance] = useState(0);
  const simple = useMemo(() => simplified(instance, tolerance), [instance, tolerance]);
  const overlap = useMemo(
    () => (simple === instance ? 1 : overlapOf(shapePolygons(instance.shape, 0), shapePolygons(simple.shape, 0))),
    [instance, simple],
  );
  return (
    <>
      <Slider
        label={t("simplify")}
        className={styles.slider ?? ""}
        value={tolerance}
        minValue={0}
        maxValue={MOST_TOLERANCE}
        step={0.25}
        onChange={(value) => {
          setTolerance(value);
          editor.setPreview(value === 0 ? null : simplified(instance, value));
        }}
        onChangeEnd={(value) => {
          setTolerance(0);
          simplify(editor, instance, value);
        }}
        output={t("pixels", { count: tolerance })}
      />
      <span>
        {t("simplified", {
          from: shapePoints(instance.shape),
          to: shapePoints(simple.shape),
          // rounded down: 100 means that nothing is lost
          overlap: Math.floor(overlap * 1000) / 10,
        })}
      </span>
    </>
  );
}
