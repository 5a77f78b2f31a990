/** The scene is painted with a margin around the screen for one view, and shown at others moved and scaled, as long as that will do. */
import type { Box, Size } from "../geometry/types.ts";
import { seenBox, type View } from "./view.ts";

/** Screen pixels around it that are painted beforehand. */
export const MARGIN = 200;

/** With this much more or fewer pixels than the screen has, it still looks sharp. */
const SHARP = 1.25;
/** With this much more or fewer it is no longer a stand-in. */
const RECOGNIZABLE = 2;

export function withMargin(screen: Size): Size {
  return { width: screen.width + 2 * MARGIN, height: screen.height + 2 * MARGIN };
}

/** The part of the image plane under the screen and its margin. */
export function boxWithMargin(view: View, screen: Size): Box {
  return seenBox(view, screen, MARGIN);
}

/** The CSS transform that lays what was painted for one view where it is at another. */
export function placed(paintedFor: View, view: View): string {
  const by = view.scale / paintedFor.scale;
  const x = view.x - (paintedFor.x + MARGIN) * by;
  const y = view.y - (paintedFor.y + MARGIN) * by;
  return `translate(${x}px, ${y}px) scale(${by})`;
}

/** Whether what was painted for one view, margin included, fills the screen at another, and can be recognized there. */
export function covers(paintedFor: View, view: View, screen: Size): boolean {
  const by = view.scale / paintedFor.scale;
  if (by > RECOGNIZABLE || by < 1 / RECOGNIZABLE) return false;
  const left = view.x - (paintedFor.x + MARGIN) * by;
  const top = view.y - (paintedFor.y + MARGIN) * by;
  const { width, height } = withMargin(screen);
  return left <= 0 && top <= 0 && left + width * by >= screen.width && top + height * by >= screen.height;
}

/** Whether it looks sharp at another view, too. */
export function isSharp(paintedFor: View, view: View): boolean {
  const by = view.scale / paintedFor.scale;
  return by <= SHARP && by >= 1 / SHARP;
}
