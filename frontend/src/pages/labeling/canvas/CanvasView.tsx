import { useEffect, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Point, Size } from "../../../geometry/types.ts";
import type { ActiveLook } from "../../../render/activeLayer.ts";
import { Stage } from "../../../render/stage.ts";
import type { View } from "../../../render/view.ts";
import type { LabelingSession } from "../work/labelingSession.ts";
import type { OpenImage } from "../work/sessionState.ts";
import { useEditor } from "../work/useEditor.ts";
import styles from "./CanvasView.module.css";
import type { Ruler } from "./ruler.ts";
import { useShownImage } from "./useShownImage.ts";
import { watchPixelRatio } from "./watchPixelRatio.ts";

interface CanvasViewProps {
  session: LabelingSession;
  /** What the page is at; the session may be at the next image already. */
  open: OpenImage;
  look: ActiveLook;
  /** CSS filter of the image alone. */
  filter: string;
  stageRef: React.RefObject<Stage | null>;
  surfaceRef: React.RefObject<HTMLDivElement | null>;
  ruler: Ruler;
  onView: (view: View) => void;
  onPointer: (point: Point | null) => void;
}

/** The stacked canvases. React makes them and hands them over; it has no part in drawing. */
export function CanvasView(props: CanvasViewProps) {
  const { session, open, look, filter, stageRef, surfaceRef: surface, ruler, onView, onPointer } = props;
  const { t } = useTranslation("labeling");
  const image = useRef<HTMLDivElement>(null);
  const scene = useRef<HTMLCanvasElement>(null);
  const active = useRef<HTMLCanvasElement>(null);
  const { editor } = open;
  useEditor(editor, "tool");

  // biome-ignore lint/correctness/useExhaustiveDependencies: the stage is made once; look has an effect of its own, and the session stays
  useLayoutEffect(() => {
    if (!surface.current || !image.current || !scene.current || !active.current) return;
    const elements = { image: image.current, scene: scene.current, active: active.current };
    const stage = new Stage(elements, session.painter, look, onView);
    stageRef.current = stage;
    const resize = ({ width, height }: Size) => stage.resize({ width, height }, window.devicePixelRatio);
    const observer = new ResizeObserver(([entry]) => entry && resize(entry.contentRect));
    observer.observe(surface.current);
    const unwatch = watchPixelRatio(() => resize(stage.screen));
    return () => {
      observer.disconnect();
      unwatch();
      stage.close();
      stageRef.current = null;
    };
  }, []);

  useShownImage({ session, stageRef, surfaceRef: surface, ruler, onPointer });
  useEffect(() => stageRef.current?.setLook(look), [look, stageRef]);

  return (
    <div
      ref={surface}
      className={styles.surface}
      role="application"
      aria-label={t("canvas", { name: open.image.name })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the drawing surface takes the keys
      tabIndex={0}
      data-tool={editor.tool.name}
      data-testid="canvas"
    >
      <div className={styles.image} style={{ filter }}>
        <div ref={image} className={styles.layer} data-testid="image-layer" />
      </div>
      <canvas ref={scene} className={styles.layer} data-testid="scene-layer" hidden />
      <canvas ref={active} className={styles.layer} />
    </div>
  );
}
