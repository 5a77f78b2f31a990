import { useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { toScreen, type View } from "../../../render/view.ts";
import type { Signal } from "../work/signal.ts";
import styles from "./Overlays.module.css";
import { figuresOf, type Ruler } from "./ruler.ts";

/** The measured line over the canvas, with its figures; Escape puts the ruler away. */
export function RulerOverlay({ ruler, view }: RulerOverlayProps) {
  const isOn = useSyncExternalStore(ruler.isOn.subscribe, ruler.isOn.get);
  return isOn ? <MeasuredLine ruler={ruler} view={view} /> : null;
}

interface RulerOverlayProps {
  ruler: Ruler;
  view: Signal<View>;
}

function MeasuredLine({ ruler, view }: RulerOverlayProps) {
  const { t } = useTranslation("labeling");
  const measured = useSyncExternalStore(ruler.measured.subscribe, ruler.measured.get);
  const seen = useSyncExternalStore(view.subscribe, view.get);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      ruler.close();
    };
    window.addEventListener("keydown", onKey, { capture: true });
    return () => window.removeEventListener("keydown", onKey, { capture: true });
  }, [ruler]);
  if (!measured) return <output className={styles.hint}>{t("rulerHint")}</output>;
  const [x1, y1] = toScreen(seen, measured.from);
  const [x2, y2] = toScreen(seen, measured.to);
  return (
    <>
      <svg className={styles.ruler} aria-hidden="true">
        <line className={styles.halo} x1={x1} y1={y1} x2={x2} y2={y2} />
        <line className={styles.line} x1={x1} y1={y1} x2={x2} y2={y2} />
        <circle className={styles.end} cx={x1} cy={y1} r={4} />
        <circle className={styles.end} cx={x2} cy={y2} r={4} />
      </svg>
      <output className={styles.figures} style={{ left: x2, top: y2 }}>
        {t("measured", figuresOf(measured))}
      </output>
    </>
  );
}
