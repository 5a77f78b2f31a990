import { type PointerEvent, type RefObject, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import type { ImageItem } from "../../../api/types.ts";
import type { Box, Point, Size } from "../../../geometry/types.ts";
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
  const isAllSeen = useSyncExternalStore(view.subscribe, () => {
    const screen = stage.current?.screen;
    return !screen || holds(seenBox(view.get(), screen), image);
  });
  return isAllSeen ? null : <Overview image={image} stage={stage} view={view} />;
}

function Overview({ image, stage, view }: MinimapProps) {
  const { t } = useTranslation("labeling");
  const scale = SIDE / Math.max(image.width, image.height);
  const frame = useRef<HTMLSpanElement>(null);
  // past React, because it changes with every frame of a pan or zoom
  useLayoutEffect(() => {
    const place = () => {
      const screen = stage.current?.screen;
      if (screen && frame.current) lay(frame.current, seenBox(view.get(), screen), image, scale);
    };
    place();
    return view.subscribe(place);
  }, [image, stage, view, scale]);
  const moveTo = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons !== 1) return;
    const map = event.currentTarget.getBoundingClientRect();
    const at: Point = [(event.clientX - map.left) / scale, (event.clientY - map.top) / scale];
    const [x, y] = toScreen(view.get(), at);
    const screen = stage.current?.screen;
    if (screen) stage.current?.panBy(screen.width / 2 - x, screen.height / 2 - y);
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
      <span ref={frame} className={styles.frame} data-testid="minimap-frame" />
    </figure>
  );
}

function holds({ x0, y0, x1, y1 }: Box, image: Size): boolean {
  return x0 <= 0 && y0 <= 0 && x1 >= image.width && y1 >= image.height;
}

/** Lays a frame around what is seen, with `scale` pixels of the overview to one of the image; a pan only moves it. */
function lay({ style }: HTMLElement, seen: Box, image: Size, scale: number): void {
  const left = Math.max(0, seen.x0);
  const top = Math.max(0, seen.y0);
  const px = (length: number) => `${Math.round(Math.max(0, length) * scale)}px`;
  const [width, height] = [px(Math.min(image.width, seen.x1) - left), px(Math.min(image.height, seen.y1) - top)];
  if (style.width !== width) style.width = width;
  if (style.height !== height) style.height = height;
  style.transform = `translate(${left * scale}px, ${top * scale}px)`;
}
