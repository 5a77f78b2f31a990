import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { ImageItem } from "../../../api/types.ts";
import { type Instance, shapePolygons } from "../../../editor/instance.ts";
import { ringsOf } from "../../../editor/vertices.ts";
import styles from "./HistoryDialog.module.css";

interface PastPictureProps {
  image: ImageItem;
  /** Null while they are on their way. */
  instances: readonly Instance[] | null;
  colorOf: (label: string) => string;
}

/** Longest side of the drawing; the page scales it to the room there is. */
const SIDE = 1024;
const FILL_ALPHA = 0.3;
const LINE_WIDTH = 2;

/** The image, small, with the objects as they were. */
export function PastPicture({ image, instances, colorOf }: PastPictureProps) {
  const { t } = useTranslation("labeling");
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = Math.min(1, SIDE / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, width, height);
    for (const instance of instances ?? []) draw(context, instance, colorOf(instance.label), scale);
  }, [instances, colorOf, width, height, scale]);
  return (
    <div className={styles.picture} style={{ aspectRatio: `${width} / ${height}` }}>
      <img src={`/api/v1/images/${image.id}/thumbnail`} alt="" />
      <canvas ref={canvas} width={width} height={height} role="img" aria-label={t("history.picture")} />
    </div>
  );
}

function draw(context: CanvasRenderingContext2D, { shape }: Instance, color: string, scale: number): void {
  const path = new Path2D();
  for (const polygon of shapePolygons(shape, 0)) {
    for (const ring of ringsOf(polygon)) {
      const [first, ...others] = ring;
      if (first) path.moveTo(first[0] * scale, first[1] * scale);
      for (const [x, y] of others) path.lineTo(x * scale, y * scale);
      path.closePath();
    }
  }
  context.fillStyle = color;
  context.strokeStyle = color;
  context.lineWidth = LINE_WIDTH;
  context.globalAlpha = FILL_ALPHA;
  context.fill(path, "evenodd");
  context.globalAlpha = 1;
  context.stroke(path);
}
