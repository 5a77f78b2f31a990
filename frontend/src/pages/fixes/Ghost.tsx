import { useSyncExternalStore } from "react";
import { rlePath } from "../../geometry/svgPath.ts";
import type { View } from "../../render/view.ts";
import type { Signal } from "../labeling/work/signal.ts";
import type { Finding } from "./fixQueries.ts";
import styles from "./Review.module.css";

interface GhostProps {
  finding: Finding;
  view: Signal<View>;
  color: string;
}

/** The prediction over the canvas, dashed: it is no object, and is not saved. */
export function Ghost({ finding, view, color }: GhostProps) {
  const { scale, x, y } = useSyncExternalStore(view.subscribe, view.get);
  const path = rlePath(finding.rle);
  return (
    <svg className={styles.ghost} aria-hidden="true" data-testid="ghost">
      <g transform={`translate(${x} ${y}) scale(${scale})`}>
        <path className={styles.halo} d={path} />
        <path className={styles.outline} d={path} style={{ stroke: color }} />
      </g>
    </svg>
  );
}
