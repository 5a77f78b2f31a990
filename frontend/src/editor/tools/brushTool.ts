/** Paints or erases pixels of the selected object; painting with nothing selected starts an object. */
import { type Bitmap, combineMasks, emptyBitmap, packMask, unpackMask } from "../../geometry/bitmap.ts";
import { EMPTY_BOX } from "../../geometry/box.ts";
import { growToHold, stampStroke, strokeBox } from "../../geometry/stamp.ts";
import type { Box, Point } from "../../geometry/types.ts";
import { type BrushCursor, type Draft, NO_DRAFT } from "../draft.ts";
import type { Editor } from "../editor.ts";
import type { PointerEvent, ToolEvent } from "../events.ts";
import { type Instance, shapeMask } from "../instance.ts";
import type { KeyAction } from "../keys.ts";
import { addObject, paintedMask, reshape } from "../shaping.ts";
import { dropsGesture, type Tool } from "./tool.ts";

/** A mouse presses with 0.5: it paints the full radius; a pen from a quarter of it on. */
const MOUSE_PRESSURE = 0.5;
const LEAST_PRESSURE = 0.25;

export class BrushTool implements Tool {
  readonly name: "brush" | "eraser";
  readonly #editor: Editor;
  #state: "idle" | "dragging" = "idle";
  #target: Instance | null = null;
  #bitmap: Bitmap = emptyBitmap(EMPTY_BOX);
  #last: Point = [0, 0];
  #dirty: Box = EMPTY_BOX;
  #version = 0;
  #at: Point | null = null;
  /** The part of the radius that the last event's pressure makes of it. */
  #pressed = 1;

  constructor(editor: Editor, name: "brush" | "eraser") {
    this.#editor = editor;
    this.name = name;
  }

  get state(): string {
    return this.#state;
  }

  get draft(): Draft {
    if (this.#state === "idle") return NO_DRAFT;
    return {
      kind: "stroke",
      id: this.#target?.id ?? "",
      label: this.#target?.label ?? this.#editor.activeLabel ?? "",
      bitmap: this.#bitmap,
      dirty: this.#dirty,
      version: this.#version,
    };
  }

  get cursor(): BrushCursor | null {
    if (this.#at === null) return null;
    const { brushRadius, brushShape: shape } = this.#editor.settings;
    const radius = brushRadius * (this.#state === "dragging" ? this.#pressed : 1);
    return { at: this.#at, radius, shape, erases: this.name === "eraser" };
  }

  handle(event: ToolEvent): void {
    switch (event.kind) {
      case "pointerdown":
        this.#start(event);
        break;
      case "pointermove":
        this.#at = [event.x, event.y];
        if (this.#state === "dragging") this.#paintTo(event);
        else this.#editor.draftChanged();
        return;
      case "pointerup":
        this.#finish();
        break;
      case "pointercancel":
        this.cancel();
        break;
      case "pointerleave":
        this.#at = null;
        this.#editor.draftChanged();
        break;
    }
  }

  act(action: KeyAction): boolean {
    if (!dropsGesture(action) || this.#state === "idle") return false;
    this.cancel();
    return true;
  }

  cancel(): void {
    this.#state = "idle";
    this.#bitmap = emptyBitmap(EMPTY_BOX);
    this.#editor.draftChanged();
  }

  #start(event: PointerEvent): void {
    const at: Point = [event.x, event.y];
    this.#at = at;
    this.#target = this.#editor.selected ?? (this.name === "eraser" ? this.#editor.hitTest(at) : null);
    if (this.#target && !this.#editor.mayChange(this.#target.id)) return;
    if (this.#target) this.#editor.select(this.#target.id);
    else if (this.name === "eraser" || this.#editor.requireLabel() === null) return;
    this.#bitmap = this.#target
      ? unpackMask(shapeMask(this.#target.shape, this.#editor.document.image))
      : emptyBitmap(EMPTY_BOX);
    this.#state = "dragging";
    this.#last = at;
    this.#paintTo(event);
  }

  #paintTo(event: PointerEvent): void {
    const { image } = this.#editor.document;
    const { brushRadius, brushShape: shape } = this.#editor.settings;
    this.#pressed = Math.min(1, Math.max(LEAST_PRESSURE, event.pressure / MOUSE_PRESSURE));
    const radius = brushRadius * this.#pressed;
    const stroke = { from: this.#last, to: [event.x, event.y] as Point, radius, shape };
    const erases = this.name === "eraser";
    if (!erases) {
      this.#bitmap = growToHold(this.#bitmap, strokeBox(stroke.from, stroke.to, stroke.radius, image), image);
    }
    this.#dirty = stampStroke(this.#bitmap, stroke, erases ? 0 : 1);
    this.#last = stroke.to;
    this.#version++;
    this.#editor.draftChanged();
  }

  #finish(): void {
    if (this.#state === "idle") return;
    const now = this.#target ? this.#editor.document.get(this.#target.id) : undefined;
    const erases = this.name === "eraser";
    const left = this.#laidOver(now);
    const mask = erases ? packMask(left) : paintedMask(this.#editor, now, left);
    this.cancel();
    if (now) reshape(this.#editor, now, { kind: "mask", mask }, erases ? "erase" : "paint");
    else if (!this.#target) addObject(this.#editor, { kind: "mask", mask }, "paint");
  }

  /** What the stroke leaves of the object as it is now: someone else's change may have come in since the stroke began. */
  #laidOver(now: Instance | undefined): Bitmap {
    const before = this.#target?.shape;
    if (!now || !before || now.shape === before) return this.#bitmap;
    const { image } = this.#editor.document;
    const [was, is, after] = [shapeMask(before, image), shapeMask(now.shape, image), packMask(this.#bitmap)];
    const mask =
      this.name === "eraser"
        ? combineMasks(is, [combineMasks(was, [after], "subtract")], "subtract")
        : combineMasks(is, [combineMasks(after, [was], "subtract")], "unite");
    return unpackMask(mask);
  }
}
