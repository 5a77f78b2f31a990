/** What a tool has in hand and the top canvas draws: nothing of it is in the document yet. */
import type { Bitmap } from "../geometry/bitmap.ts";
import type { BrushShape } from "../geometry/stamp.ts";
import type { Box, Point } from "../geometry/types.ts";
import type { Instance } from "./instance.ts";
import type { SmartStroke } from "./tools/smartToolMarks.ts";

export type RingPurpose = "object" | "part" | "hole";

export type Draft =
  | { readonly kind: "none" }
  | {
      readonly kind: "ring";
      readonly purpose: RingPurpose;
      readonly points: readonly Point[];
      readonly cursor: Point | null;
      /** Corners of a neighbour's border that lie between the last point and the cursor. */
      readonly follows: readonly Point[];
      /** The pointer is on the first point: a click closes the ring. */
      readonly closes: boolean;
    }
  /** Stands in for the object of the same id. */
  | { readonly kind: "instance"; readonly instance: Instance }
  /** The stroke in progress; `bitmap` changes in place, `version` counts the changes, `dirty` is the last one's box. */
  | {
      readonly kind: "stroke";
      readonly id: string;
      readonly label: string;
      readonly bitmap: Bitmap;
      readonly dirty: Box;
      readonly version: number;
    }
  | { readonly kind: "marquee"; readonly box: Box }
  /** What is marked for smart labeling, and the mask that came back. */
  | {
      readonly kind: "smart";
      readonly box: Box | null;
      readonly strokes: readonly SmartStroke[];
      readonly preview: Instance | null;
    };

export const NO_DRAFT: Draft = { kind: "none" };

export interface BrushCursor {
  readonly at: Point;
  readonly radius: number;
  readonly shape: BrushShape;
  readonly erases: boolean;
}
