/** How the tools draw, as a person has set them. */
import type { BrushShape } from "../geometry/stamp.ts";
import type { Ground } from "./tools/smartToolMarks.ts";

export interface Settings {
  /** Image pixels. */
  readonly brushRadius: number;
  readonly brushShape: BrushShape;
  /** A stroke spares the pixels of other objects. */
  readonly protectOthers: boolean;
  /** Largest difference in each of red, green and blue, 0-255. */
  readonly fillTolerance: number;
  /** Corners snap to a neighbour's border. */
  readonly snaps: boolean;
  /** What a stroke of the smart tool says without Alt. */
  readonly smartGround: Ground;
  /** The smart tool leaves polygons, not a bitmap. */
  readonly smartPolygons: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  brushRadius: 12,
  brushShape: "round",
  protectOthers: false,
  fillTolerance: 24,
  snaps: false,
  smartGround: "foreground",
  smartPolygons: false,
};
