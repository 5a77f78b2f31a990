import { useQuery } from "@tanstack/react-query";
import { memo, useEffect, useRef } from "react";
import type { ImageItem } from "../../api/types.ts";
import { drawSoon } from "./drawSoon.ts";
import styles from "./OutlineOverlay.module.css";
import { drawOutlines, placeImage } from "./outlineDrawing.ts";
import { outlinesQuery } from "./outlines.ts";

interface OutlineOverlayProps {
  projectId: number;
  image: ImageItem;
  colorOf: ReadonlyMap<number, string>;
  /** As the picture's object-fit. */
  fit: "cover" | "contain";
  width: number;
  height: number;
}

/** What is labeled, drawn over the thumbnail. A canvas, because thousands of SVG points make scrolling stutter. */
export const OutlineOverlay = memo(function OutlineOverlay(props: OutlineOverlayProps) {
  const { projectId, image, colorOf, fit, width, height } = props;
  const outlines = useQuery(outlinesQuery(projectId, image)).data;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (!outlines) return;
    return drawSoon(() => {
      const context = canvas.current?.getContext("2d");
      if (!context) return;
      const scale = window.devicePixelRatio;
      // Setting the size empties the canvas.
      context.canvas.width = Math.round(width * scale);
      context.canvas.height = Math.round(height * scale);
      drawOutlines(context, outlines, {
        colorOf,
        place: placeImage(image, { width: width * scale, height: height * scale }, fit),
        pixel: scale,
      });
    });
  }, [outlines, image, colorOf, fit, width, height]);
  useEffect(() => {
    const drawn = canvas.current;
    // Its pixels would wait for the collector, which then holds up a frame.
    return () => {
      if (drawn) drawn.width = 0;
    };
  }, []);
  return <canvas ref={canvas} className={styles.overlay} />;
});
