/** What the editor's core asks for, and what it hands out when it is left. */
import type { Box, Point } from "../geometry/types.ts";
import type { RingPurpose } from "./draft.ts";
import type { Shape } from "./instance.ts";
import type { Action, Mode } from "./keys.ts";
import type { SmartPort } from "./tools/smartToolMarks.ts";

/** What the core needs from outside. */
export interface EditorPorts {
  newId: () => string;
  /** The image's pixels around a point, for a fill by colour; null while they cannot be read. */
  readPixels?: (around: Point) => { rgba: Uint8ClampedArray; frame: Box } | null;
  /** Makes a mask of what is marked. */
  smartMask?: SmartPort;
  /** Actions that are the page's: other images, zoom, help; and a label that is missing. */
  request?: (action: Action | "labelNeeded") => void;
  /** An object was to be changed that is hidden or locked. */
  onFixed?: (reason: FixedReason) => void;
  /** An object became of the other kind. */
  onConverted?: (conversion: Conversion) => void;
  /** A fill by colour ended where the pixels do that can be read at a time, not where the colour does. */
  onFillCut?: () => void;
}

export type FixedReason = "hidden" | "locked";

/** What a polygon became as a bitmap, or a bitmap as polygons. */
export interface Conversion {
  readonly shape: Shape;
  /** Of the pixels before and after, 0-1. */
  readonly iou: number;
}

/** Corners that were in hand when their tool was left, and what they were drawn for. */
export interface LeftRing {
  readonly points: readonly Point[];
  readonly purpose: RingPurpose;
  readonly mode: Mode;
  readonly label: string | null;
  readonly selectedId: string | null;
}
