/** Quick starts: a box or an ellipse by one drag, a polygon from then on. Shift keeps the sides equal. */
import { distance } from "../../geometry/measure.ts";
import type { Point } from "../../geometry/types.ts";
import { type Draft, NO_DRAFT } from "../draft.ts";
import type { Editor } from "../editor.ts";
import type { PointerEvent, ToolEvent } from "../events.ts";
import type { KeyAction } from "../keys.ts";
import { addRing } from "../shaping.ts";
import { DRAG_THRESHOLD, dropsGesture, type Tool } from "./tool.ts";

const ELLIPSE_POINTS = 24;

export class BoxTool implements Tool {
  readonly name: "box" | "ellipse";
  readonly cursor = null;
  readonly #editor: Editor;
  #state: "idle" | "pointing" | "dragging" = "idle";
  #pressed: Point = [0, 0];
  #ring: Point[] = [];

  constructor(editor: Editor, name: "box" | "ellipse") {
    this.#editor = editor;
    this.name = name;
  }

  get state(): string {
    return this.#state;
  }

  get draft(): Draft {
    if (this.#state !== "dragging") return NO_DRAFT;
    return { kind: "ring", purpose: "object", points: this.#ring, cursor: null, follows: [], closes: true };
  }

  handle(event: ToolEvent): void {
    switch (event.kind) {
      case "pointerdown":
        // asked for now: what is drawn would be lost while a label is made
        if (this.#editor.requireLabel() === null) return;
        this.#pressed = this.#editor.clamp([event.x, event.y]);
        this.#state = "pointing";
        return;
      case "pointermove":
        this.#drag(event);
        break;
      case "pointerup":
        this.#release();
        break;
      case "pointercancel":
        this.cancel();
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
    this.#editor.draftChanged();
  }

  #drag(event: PointerEvent): void {
    if (this.#state === "idle") return;
    const far = distance([event.x, event.y], this.#pressed) > DRAG_THRESHOLD * event.pixelSize;
    if (this.#state === "pointing" && !far) return;
    this.#state = "dragging";
    const [x, y] = this.#editor.clamp([event.x, event.y]);
    const width = x - this.#pressed[0];
    const height = y - this.#pressed[1];
    const side = Math.min(Math.abs(width), Math.abs(height));
    const corner: Point = event.modifiers.shift
      ? [this.#pressed[0] + Math.sign(width) * side, this.#pressed[1] + Math.sign(height) * side]
      : [x, y];
    this.#ring = this.name === "box" ? boxRing(this.#pressed, corner) : ellipseRing(this.#pressed, corner);
    this.#editor.draftChanged();
  }

  #release(): void {
    const drawn = this.#state === "dragging";
    this.cancel();
    if (!drawn) return;
    addRing(this.#editor, "object", this.#ring);
    this.#editor.takeTool("edit");
  }
}

function boxRing([ax, ay]: Point, [bx, by]: Point): Point[] {
  const [x0, x1] = [Math.min(ax, bx), Math.max(ax, bx)];
  const [y0, y1] = [Math.min(ay, by), Math.max(ay, by)];
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
}

function ellipseRing([ax, ay]: Point, [bx, by]: Point): Point[] {
  return Array.from({ length: ELLIPSE_POINTS }, (_, i): Point => {
    const turn = (2 * Math.PI * i) / ELLIPSE_POINTS;
    const x = (ax + bx) / 2 + (Math.abs(bx - ax) / 2) * Math.cos(turn);
    const y = (ay + by) / 2 + (Math.abs(by - ay) / 2) * Math.sin(turn);
    return [Math.round(x * 100) / 100, Math.round(y * 100) / 100];
  });
}
