/** Draws a ring by clicks and freehand drags: a new object, another part of the selected one, or a hole in it. */
import { distance, signedRingArea } from "../../geometry/measure.ts";
import { simplifyPath } from "../../geometry/simplify.ts";
import type { Point } from "../../geometry/types.ts";
import { type Draft, NO_DRAFT, type RingPurpose } from "../draft.ts";
import type { Editor } from "../editor.ts";
import type { DoubleClick, PointerEvent, ToolEvent } from "../events.ts";
import type { KeyAction } from "../keys.ts";
import { addRing } from "../shaping.ts";
import { type BorderPlace, cornersBetween } from "../snapping.ts";
import { DRAG_THRESHOLD, reachOf, type Tool } from "./tool.ts";

/** Freehand lines keep what is farther than this from the simplified one, in screen pixels. */
const FREEHAND_TOLERANCE = 1.5;

type State = "idle" | "drawing" | "pointing" | "closing" | "dragging";

interface Borders {
  readonly first: BorderPlace | null;
  readonly last: BorderPlace | null;
  readonly next: BorderPlace | null;
}

interface Hand {
  readonly points: Point[];
  readonly takenBack: Point[];
  readonly borders: Borders;
}

export class RingTool implements Tool {
  readonly name = "polygon";
  readonly purpose: RingPurpose;
  readonly cursor = null;
  readonly #editor: Editor;
  #state: State;
  #points: Point[];
  #takenBack: Point[] = [];
  #pressed: Point = [0, 0];
  #trace: Point[] = [];
  /** What was in hand when the pointer was pressed: a gesture that becomes a zoom leaves that. */
  #before: Hand | null = null;
  #pointer: Point | null = null;
  /** Where the first point, the last one and the pointer lie on a neighbour's border. */
  #borders: Borders = NO_BORDERS;
  #isStraight = false;
  #closes = false;
  /** It was closed when there was no label to give it. */
  #waitsForLabel = false;

  /** `points` are the corners of a ring that was begun before. */
  constructor(editor: Editor, purpose: RingPurpose, points: readonly Point[] = []) {
    this.#editor = editor;
    this.purpose = purpose;
    this.#points = [...points];
    this.#state = points.length > 0 ? "drawing" : "idle";
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  get state(): State {
    return this.#state;
  }

  /** On a bitmap a freehand drag closes where it is let go. */
  get #isLasso(): boolean {
    return this.#editor.mode === "bitmap";
  }

  get draft(): Draft {
    if (this.#points.length === 0) return NO_DRAFT;
    const points = this.#state === "dragging" ? [...this.#points, ...this.#trace.slice(1)] : this.#points;
    const follows = this.#state === "dragging" ? [] : this.#followed(this.#closes);
    return { kind: "ring", purpose: this.purpose, points, cursor: this.#pointer, follows, closes: this.#closes };
  }

  handle(event: ToolEvent): void {
    switch (event.kind) {
      case "pointerdown":
        this.#press(event);
        break;
      case "pointermove":
        this.#move(event);
        break;
      case "pointerup":
        this.#release(event);
        break;
      case "pointercancel":
        this.#dropGesture();
        return;
      case "pointerleave":
        this.#pointer = null;
        this.#editor.draftChanged();
        return;
      case "doubleclick":
        this.#closeByDoubleClick(event);
    }
  }

  act(action: KeyAction): boolean {
    switch (action) {
      case "takeBack":
      case "undo":
        return this.#takeBack();
      case "redo":
        return this.#putBack();
      case "newObject":
        if (this.#points.length >= 3) this.#finish();
        return this.#waitsForLabel;
      case "closeOrNew":
        if (this.#points.length === 0) return false;
        if (this.#points.length >= 3) this.#finish();
        return true;
      case "cancel":
        if (this.#points.length === 0) return false;
        this.cancel();
        return true;
      default:
        return false;
    }
  }

  labelChosen(): void {
    if (this.#waitsForLabel && this.#points.length >= 3) this.#finish();
  }

  cancel(): void {
    this.#points = [];
    this.#takenBack = [];
    this.#trace = [];
    this.#borders = NO_BORDERS;
    this.#closes = false;
    this.#waitsForLabel = false;
    this.#settle();
  }

  #press(event: PointerEvent): void {
    this.#pressed = [event.x, event.y];
    this.#pointer = null;
    if (this.#isOnFirst(event)) {
      this.#state = "closing";
      return;
    }
    this.#before = { points: [...this.#points], takenBack: this.#takenBack, borders: this.#borders };
    this.#add(event);
    this.#waitsForLabel = false;
    this.#state = "pointing";
    this.#editor.draftChanged();
  }

  #move(event: PointerEvent): void {
    const at: Point = [event.x, event.y];
    const far = distance(at, this.#pressed) > DRAG_THRESHOLD * event.pixelSize;
    if (this.#state === "pointing" && far) {
      this.#state = "dragging";
      this.#trace = [this.#points[this.#points.length - 1] as Point];
    }
    if (this.#state === "dragging") this.#trace.push(this.#editor.clamp(at));
    else this.#pointer = this.#place(event);
    if (this.#state === "dragging") this.#borders = { ...this.#borders, last: null, next: null };
    this.#closes = this.#isOnFirst(event);
    if (this.#points.length > 0) this.#editor.draftChanged();
  }

  #release(event: PointerEvent): void {
    if (this.#state === "closing") {
      this.#settle();
      this.#finish();
      return;
    }
    if (this.#state === "dragging") {
      const line = simplifyPath(this.#trace, FREEHAND_TOLERANCE * event.pixelSize).slice(1);
      const returns = this.#isOnFirst(event) && this.#points.length + line.length > 3;
      const closes = returns || (this.#isLasso && this.#points.length + line.length >= 3);
      this.#trace = [];
      this.#points.push(...(returns ? line.slice(0, -1) : line));
      this.#settle();
      if (closes) this.#finish();
      return;
    }
    this.#settle();
  }

  /** Both clicks have added a point: the second one is a double. */
  #closeByDoubleClick(event: DoubleClick): void {
    const [before, last] = this.#points.slice(-2);
    if (!before || !last || this.#points.length < 3) return;
    if (this.#points.length > 3 && distance(before, last) <= reachOf(event)) this.#points.pop();
    this.#finish();
  }

  #finish(): void {
    const isNew = this.purpose === "object" || !this.#editor.selected;
    if (isNew && this.#editor.requireLabel() === null) {
      this.#waitsForLabel = true;
      return;
    }
    const ring = this.#closedRing();
    this.cancel();
    addRing(this.#editor, this.purpose, ring);
    // one lasso follows the other, as strokes do
    if (!this.#isLasso) this.#editor.takeRestingTool();
  }

  /** Closed along the neighbour's border where it began and ends on one, unless nothing would be left between. */
  #closedRing(): Point[] {
    const along = [...this.#points, ...this.#followed(true)];
    return Math.abs(signedRingArea(along)) > 0 ? along : this.#points;
  }

  #takeBack(): boolean {
    const point = this.#points.pop();
    if (!point) return false;
    this.#takenBack.push(point);
    this.#trace = [];
    this.#borders = this.#points.length > 0 ? { ...this.#borders, last: null } : NO_BORDERS;
    this.#settle();
    return true;
  }

  #putBack(): boolean {
    const point = this.#takenBack.pop();
    if (!point) return false;
    this.#points.push(point);
    this.#borders = { ...this.#borders, last: null };
    this.#settle();
    return true;
  }

  #dropGesture(): void {
    if (this.#before && (this.#state === "pointing" || this.#state === "dragging")) {
      this.#points = this.#before.points;
      this.#takenBack = this.#before.takenBack;
      this.#borders = this.#before.borders;
    }
    this.#trace = [];
    this.#closes = false;
    this.#settle();
  }

  #settle(): void {
    this.#state = this.#points.length > 0 ? "drawing" : "idle";
    this.#editor.draftChanged();
  }

  #isOnFirst(event: PointerEvent): boolean {
    const first = this.#points[0];
    const count = this.#points.length + Math.max(0, this.#trace.length - 1);
    return first !== undefined && count >= 3 && distance(first, [event.x, event.y]) <= reachOf(event);
  }

  #add(event: PointerEvent): void {
    const point = this.#place(event);
    this.#points.push(...this.#followed(false), point);
    this.#takenBack = [];
    const { first, next } = this.#borders;
    this.#borders = { first: this.#points.length === 1 ? next : first, last: next, next: null };
  }

  /** The pointer's place, on a neighbour's border where the magnet is on; Alt leaves the border by a straight line. */
  #place(event: PointerEvent): Point {
    const at: Point = [event.x, event.y];
    const next = this.#editor.borderAt(at, event);
    this.#borders = { ...this.#borders, next };
    this.#isStraight = event.modifiers.alt;
    return next?.point ?? this.#editor.clamp(at);
  }

  /** From one place on a neighbour's border to another the ring follows the border. */
  #followed(closes: boolean): readonly Point[] {
    const { first, last, next } = this.#borders;
    const target = closes ? first : next;
    return last && target && !this.#isStraight ? cornersBetween(last, target) : [];
  }
}

const NO_BORDERS: Borders = { first: null, last: null, next: null };
