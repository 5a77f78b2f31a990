/** What a person marks for smart labeling, and what comes back. */
import type { Mask } from "../../geometry/bitmap.ts";
import type { Box, Point } from "../../geometry/types.ts";

/** On the object, or beside it. */
export type Ground = "foreground" | "background";

export interface SmartStroke {
  readonly ground: Ground;
  readonly points: readonly Point[];
  /** Image pixels. */
  readonly radius: number;
}

export interface SmartMarks {
  readonly box: Box | null;
  readonly strokes: readonly SmartStroke[];
}

export type SmartAnswer =
  | { readonly kind: "mask"; readonly mask: Mask }
  /** `message` is fit to be shown. */
  | { readonly kind: "refused"; readonly message: string };

export type SmartPort = (marks: SmartMarks) => Promise<SmartAnswer>;
