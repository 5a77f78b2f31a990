import type { BrushCursor, Draft } from "../draft.ts";
import type { Editor } from "../editor.ts";
import type { ToolEvent } from "../events.ts";
import type { KeyAction } from "../keys.ts";

export type ToolName = "edit" | "polygon" | "box" | "ellipse" | "brush" | "eraser" | "fill" | "smart";

/** A state machine that turns pointer events and key actions into commands. */
export interface Tool {
  readonly name: ToolName;
  /** Where the machine stands: "idle", "pointing", "dragging" or a state of its own. */
  readonly state: string;
  readonly draft: Draft;
  readonly cursor: BrushCursor | null;
  handle(event: ToolEvent): void;
  /** Takes a key first: true when it was meant for what the tool has in hand. */
  act(action: KeyAction): boolean;
  /** There is a label now: what waited for one goes on. */
  labelChosen?(): void;
  /** Drops what is in hand. */
  cancel(): void;
}

export type ToolFactory = (editor: Editor) => Tool;

/** Pointer travel, in screen pixels, from which a press is a drag. */
export const DRAG_THRESHOLD = 4;
/** How near the pointer must be to a corner or edge, in screen pixels; fingers need more. */
export const HIT_REACH = 8;
export const TOUCH_REACH = 20;

/** Esc and undo take back what the pointer has half done, and nothing else. */
export function dropsGesture(action: KeyAction): boolean {
  return action === "cancel" || action === "undo";
}

export function reachOf(event: { pixelSize: number; touch?: boolean }): number {
  return (event.touch ? TOUCH_REACH : HIT_REACH) * event.pixelSize;
}
