import { memo } from "react";
import { rlePath } from "../../../geometry/svgPath.ts";
import type { Suspect } from "../statisticsTypes.ts";
import styles from "./SuspectsPanel.module.css";

/** The part of the image around the suspect: at least this share of the object's size on each side. */
const MARGIN = 0.6;
const LEAST_MARGIN_PX = 16;

/** The suspect's place in its image, outlined. */
export const SuspectCrop = memo(function SuspectCrop({ suspect }: { suspect: Suspect }) {
  const [height, width] = suspect.rle.size;
  const [x0, y0, x1, y1] = suspect.box_xyxy;
  const margin = Math.max(LEAST_MARGIN_PX, MARGIN * Math.max(x1 - x0, y1 - y0));
  const left = Math.max(0, x0 - margin);
  const top = Math.max(0, y0 - margin);
  const box = [left, top, Math.min(width, x1 + margin) - left, Math.min(height, y1 + margin) - top];
  const path = rlePath(suspect.rle);
  return (
    <svg viewBox={box.join(" ")} className={styles.picture} aria-hidden="true" preserveAspectRatio="xMidYMid slice">
      {suspect.image_name !== null && (
        <image
          href={`/api/v1/images/${suspect.image_id}/display`}
          width={width}
          height={height}
          preserveAspectRatio="none"
        />
      )}
      <path d={path} className={styles.halo} />
      <path d={path} className={styles.outline} data-kind={suspect.kind} />
    </svg>
  );
});
