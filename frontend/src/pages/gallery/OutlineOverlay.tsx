import { useQuery } from "@tanstack/react-query";
import { memo, useMemo } from "react";
import type { ImageItem } from "../../api/types.ts";
import styles from "./OutlineOverlay.module.css";
import { type Outlines, outlinesQuery } from "./outlines.ts";

interface OutlineOverlayProps {
  projectId: number;
  image: ImageItem;
  colorOf: ReadonlyMap<number, string>;
  /** As the picture's object-fit. */
  fit: "cover" | "contain";
}

/** What is labeled, drawn over the thumbnail: the label's colour in a black halo. */
export const OutlineOverlay = memo(function OutlineOverlay({ projectId, image, colorOf, fit }: OutlineOverlayProps) {
  const outlines = useQuery(outlinesQuery(projectId, image)).data;
  const paths = useMemo(() => pathsByLabel(outlines ?? []), [outlines]);
  if (paths.length === 0) return null;
  return (
    <svg
      className={styles.overlay}
      viewBox={`0 0 ${image.width} ${image.height}`}
      preserveAspectRatio={`xMidYMid ${fit === "cover" ? "slice" : "meet"}`}
      aria-hidden="true"
    >
      <path className={styles.halo} d={paths.map(({ path }) => path).join("")} />
      {paths.map(({ labelId, path }) => (
        <path
          key={labelId}
          className={styles.line}
          d={path}
          stroke={colorOf.get(labelId)}
          fill={colorOf.get(labelId)}
        />
      ))}
    </svg>
  );
});

/** One path a label: a few elements, however many objects there are. */
export function pathsByLabel(outlines: Outlines): { labelId: number; path: string }[] {
  const paths = new Map<number, string>();
  for (const { label_id, rings } of outlines) {
    const path = rings.map((ring) => `M${ring.map(([x, y]) => `${x} ${y}`).join("L")}Z`).join("");
    paths.set(label_id, (paths.get(label_id) ?? "") + path);
  }
  return [...paths].map(([labelId, path]) => ({ labelId, path }));
}
