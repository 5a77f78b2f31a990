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

/**
 * The outline with fewer corners is shown while the slider moves, and taken when it is let go. Moved again, by keys above all,
 * it starts from the outline before, until that is changed in another way.
 */
export function SimplifySlider({ editor, instance }: { editor: Editor; instance: Instance }) {
  const { t } = useTranslation("labeling");
  const [tolerance, setTolerance] = useState(0);
  const [base, setBase] = useState(instance);
  const [taken, setTaken] = useState(instance);
  // the list may be drawn late
  const now = editor.document.get(instance.id) ?? instance;
  if (now !== taken) {
    setTolerance(0);
    setBase(now);
    setTaken(now);
  }
  const simple = useMemo(() => simplified(base, tolerance), [base, tolerance]);
  const overlap = useMemo(
    () => (simple === base ? 1 : overlapOf(shapePolygons(base.shape, 0), shapePolygons(simple.shape, 0))),
    [base, simple],
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
          editor.setPreview(simplified(base, value));
        }}
        onChangeEnd={(value) => {
          simplify(editor, now, simplified(base, value));
          setTaken(editor.document.get(instance.id) ?? now);
        }}
        output={t("pixels", { count: tolerance })}
      />
      <span>
        {t("simplified", {
          from: shapePoints(base.shape),
          to: shapePoints(simple.shape),
          // rounded down: 100 means that nothing is lost
          overlap: Math.floor(overlap * 1000) / 10,
        })}
      </span>
    </>
  );
}
