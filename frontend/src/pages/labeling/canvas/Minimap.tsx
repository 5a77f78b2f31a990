import { type PointerEvent, type RefObject, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { ImageItem } from "../../../api/types.ts";
import type { Point, Size } from "../../../geometry/types.ts";
import type { Stage } from "../../../render/stage.ts";
import { seenBox, toScreen, type View } from "../../../render/view.ts";
import type { Signal } from "../work/signal.ts";
import styles from "./Overlays.module.css";

/** Screen pixels of its longer side. */
const SIDE = 168;

interface MinimapProps {
  image: ImageItem;
  stage: RefObject<Stage | null>;
  view: Signal<View>;
}

/** The whole image small, with a frame around what is in sight; there when not all of it is. */
export function Minimap({ image, stage, view }: MinimapProps) {
  const { t } = useTranslation("labeling");
  const seen = useSyncExternalStore(view.subscribe, view.get);
  const screen = stage.current?.screen;
  if (!screen || isAllSeen(seen, image, screen)) return null;
  const scale = SIDE / Math.max(image.width, image.height);
  const frame = frameOf(seen, image, screen, scale);
  const moveTo = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons !== 1) return;
    const map = event.currentTarget.getBoundingClientRect();
    const at: Point = [(event.clientX - map.left) / scale, (event.clientY - map.top) / scale];
    const [x, y] = toScreen(view.get(), at);
    stage.current?.panBy(screen.width / 2 - x, screen.height / 2 - y);
  };
  return (
    <figure
      className={styles.minimap}
      style={{ width: image.width * scale, height: image.height * scale }}
      aria-label={t("overview")}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        moveTo(event);
      }}
      onPointerMove={moveTo}
    >
      <img src={`/api/v1/images/${image.id}/thumbnail`} alt="" draggable={false} />
      <span className={styles.frame} style={frame} data-testid="minimap-frame" />
    </figure>
  );
}

function isAllSeen(view: View, image: Size, screen: Size): boolean {
  const { x0, y0, x1, y1 } = seenBox(view, screen);
  return x0 <= 0 && y0 <= 0 && x1 >= image.width && y1 >= image.height;
}

function frameOf(view: View, image: Size, screen: Size, scale: number) {
  const seen = seenBox(view, screen);
  const left = Math.max(0, seen.x0);
  const top = Math.max(0, seen.y0);
  return {
    left: left * scale,
    top: top * scale,
    width: Math.max(0, Math.min(image.width, seen.x1) - left) * scale,
    height: Math.max(0, Math.min(image.height, seen.y1) - top) * scale,
  };
}
