/** A rectangle, then strokes on the object and beside it: each asks for the mask anew. It is an object once it is accepted. */
import { unpackMask } from "../../geometry/bitmap.ts";
import { distance } from "../../geometry/measure.ts";
import type { Box, Point } from "../../geometry/types.ts";
import { type BrushCursor, type Draft, NO_DRAFT } from "../draft.ts";
import type { Editor } from "../editor.ts";
import type { PointerEvent, ToolEvent } from "../events.ts";
import type { Shape } from "../instance.ts";
import type { KeyAction } from "../keys.ts";
import { addObject, faithfulPolygons, paintedMask } from "../shaping.ts";
import type { Ground, SmartAnswer, SmartMarks, SmartPort, SmartStroke } from "./smartToolMarks.ts";
import { SmartQuestion } from "./smartToolQuestion.ts";
import { DRAG_THRESHOLD, type Tool } from "./tool.ts";

/** Screen pixels; twice as much for a finger. */
const STROKE_RADIUS = 5;
/** A stroke's points lie at least this far apart, in screen pixels. */
const POINT_SPACING = 2;

type Mark = { readonly kind: "box"; readonly box: Box } | { readonly kind: "stroke"; readonly stroke: SmartStroke };

/** A mark and the shape that came back when it was the last one; null until then. */
interface Step {
  readonly mark: Mark;
  shape: (Shape & { kind: "mask" }) | null;
}

type Gesture =
  | { readonly kind: "none" }
  | { readonly kind: "pointing" | "dragging"; readonly from: Point; readonly to: Point }
  | { readonly kind: "stroking"; readonly ground: Ground; readonly points: Point[]; readonly radius: number };

export type SmartPhase = "idle" | "waiting" | "shown" | "empty" | "failed";

export class SmartTool implements Tool {
  readonly name = "smart";
  readonly #editor: Editor;
  readonly #question: SmartQuestion;
  #steps: readonly Step[] = [];
  #undone: readonly Step[] = [];
  #gesture: Gesture = { kind: "none" };
  #message: string | null = null;
  /** Enter was pressed while the answer was on its way. */
  #acceptsNext = false;
  #at: { point: Point; pixelSize: number; alt: boolean; touch: boolean } | null = null;

  constructor(editor: Editor, port: SmartPort) {
    this.#editor = editor;
    this.#question = new SmartQuestion(port);
  }

  get state(): string {
    if (this.#gesture.kind !== "none") return this.#gesture.kind;
    return this.#steps.length > 0 ? "marked" : "idle";
  }

  get phase(): SmartPhase {
    if (this.#message !== null) return "failed";
    if (this.#question.isOpen) return "waiting";
    const { shape } = this;
    if (shape === null) return "idle";
    return shape.mask.area > 0 ? "shown" : "empty";
  }

  /** Why there is no answer. */
  get message(): string | null {
    return this.#message;
  }

  /** The newest mask there is: while another one is on its way, the one before. */
  get shape(): (Shape & { kind: "mask" }) | null {
    return this.#steps.findLast(({ shape }) => shape !== null)?.shape ?? null;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  get draft(): Draft {
    if (this.state === "idle" || this.state === "pointing") return NO_DRAFT;
    const { shape } = this;
    const gesture = this.#gesture;
    const { box, strokes } = marksOf(this.#steps);
    return {
      kind: "smart",
      box: gesture.kind === "dragging" ? boxBetween(gesture.from, gesture.to) : box,
      strokes: gesture.kind === "stroking" ? [...strokes, gesture] : strokes,
      preview: shape && {
        id: "",
        label: this.#editor.activeLabel ?? "",
        shape,
        crowd: false,
        source: "manual",
      },
    };
  }

  get cursor(): BrushCursor | null {
    if (!this.#at || this.#steps.length === 0) return null;
    const { point, pixelSize, alt, touch } = this.#at;
    return {
      at: point,
      radius: strokeRadius(pixelSize, touch),
      shape: "round",
      erases: this.#ground(alt) !== "foreground",
    };
  }

  handle(event: ToolEvent): void {
    switch (event.kind) {
      case "pointerdown":
        this.#follow(event);
        this.#start(event);
        break;
      case "pointermove":
        this.#follow(event);
        this.#drag(event);
        break;
      case "pointerup":
        this.#release();
        break;
      case "pointercancel":
        this.#gesture = { kind: "none" };
        break;
      case "pointerleave":
        this.#at = null;
        break;
      case "doubleclick":
        return;
    }
    this.#editor.draftChanged();
  }

  act(action: KeyAction): boolean {
    switch (action) {
      case "closeOrNew":
        this.accept();
        return true;
      case "newObject":
        if (this.#steps.length === 0) return false;
        this.accept();
        return true;
      case "cancel":
        if (this.state === "idle") this.#editor.takeRestingTool();
        else this.cancel();
        return true;
      case "undo":
      case "takeBack":
        return this.#takeBack();
      case "redo":
        return this.#redo();
      default:
        return false;
    }
  }

  labelChosen(): void {
    this.#editor.draftChanged();
  }

  cancel(): void {
    this.#question.drop();
    this.#steps = [];
    this.#undone = [];
    this.#gesture = { kind: "none" };
    this.#message = null;
    this.#acceptsNext = false;
    this.#editor.draftChanged();
  }

  /** Makes an object of the mask; of the one on its way, when it is. */
  accept(): void {
    if (this.#question.isOpen) {
      this.#acceptsNext = true;
      return;
    }
    const { shape } = this;
    if (this.phase !== "shown" || !shape) return;
    const mask = paintedMask(this.#editor, undefined, unpackMask(shape.mask));
    const { document, settings } = this.#editor;
    const kept: Shape = settings.smartPolygons
      ? { kind: "polygons", polygons: faithfulPolygons(mask, document.image).polygons }
      : { kind: "mask", mask };
    this.cancel();
    addObject(this.#editor, kept, "draw");
  }

  /** Asks once more with the same marks. */
  retry(): void {
    if (this.#steps.length > 0) this.#ask();
    this.#editor.draftChanged();
  }

  #follow({ x, y, pixelSize, modifiers, touch }: PointerEvent): void {
    this.#at = { point: [x, y], pixelSize, alt: modifiers.alt, touch };
  }

  /** Alt turns round what the bar says. */
  #ground(alt: boolean): Ground {
    return alt === (this.#editor.settings.smartGround === "background") ? "foreground" : "background";
  }

  #start(event: PointerEvent): void {
    if (this.#steps.length > 0) {
      const radius = strokeRadius(event.pixelSize, event.touch);
      this.#gesture = {
        kind: "stroking",
        ground: this.#ground(event.modifiers.alt),
        points: [[event.x, event.y]],
        radius,
      };
      return;
    }
    if (this.#editor.requireLabel() === null) return;
    // a key that chooses a label is meant for what is marked now
    this.#editor.select(null);
    this.#message = null;
    const from = this.#editor.clamp([event.x, event.y]);
    this.#gesture = { kind: "pointing", from, to: from };
  }

  #drag(event: PointerEvent): void {
    const gesture = this.#gesture;
    const at: Point = [event.x, event.y];
    if (gesture.kind === "stroking") {
      const last = gesture.points.at(-1);
      if (!last || distance(last, at) >= POINT_SPACING * event.pixelSize) gesture.points.push(at);
    } else if (gesture.kind !== "none") {
      const to = this.#editor.clamp(at);
      const far = gesture.kind === "dragging" || distance(gesture.from, to) > DRAG_THRESHOLD * event.pixelSize;
      this.#gesture = { kind: far ? "dragging" : "pointing", from: gesture.from, to };
    }
  }

  #release(): void {
    const gesture = this.#gesture;
    this.#gesture = { kind: "none" };
    switch (gesture.kind) {
      case "stroking":
        this.#add({ kind: "stroke", stroke: gesture });
        break;
      case "dragging":
        this.#add({ kind: "box", box: boxBetween(gesture.from, gesture.to) });
        break;
      case "pointing": {
        // a click: engines that take clicks answer it, the others say that they need a rectangle
        const radius = this.#at ? strokeRadius(this.#at.pixelSize, this.#at.touch) : 1;
        this.#add({ kind: "stroke", stroke: { ground: "foreground", points: [gesture.from], radius } });
        break;
      }
      case "none":
    }
  }

  #add(mark: Mark): void {
    this.#steps = [...this.#steps, { mark, shape: null }];
    this.#undone = [];
    this.#ask();
  }

  #takeBack(): boolean {
    const last = this.#steps.at(-1);
    if (!last) return false;
    this.#steps = this.#steps.slice(0, -1);
    this.#undone = [...this.#undone, last];
    this.#stepped();
    return true;
  }

  #redo(): boolean {
    const next = this.#undone.at(-1);
    if (!next) return false;
    this.#steps = [...this.#steps, next];
    this.#undone = this.#undone.slice(0, -1);
    this.#stepped();
    return true;
  }

  /** Back or forth: a mask that was here before is shown at once. */
  #stepped(): void {
    this.#question.drop();
    this.#message = null;
    this.#acceptsNext = false;
    const last = this.#steps.at(-1);
    if (last && last.shape === null) this.#ask();
    this.#editor.draftChanged();
  }

  #ask(): void {
    const step = this.#steps.at(-1);
    if (!step) return;
    this.#message = null;
    this.#question.ask(marksOf(this.#steps), (answer) => this.#take(step, answer));
  }

  #take(step: Step, answer: SmartAnswer): void {
    if (answer.kind === "mask") {
      step.shape = { kind: "mask", mask: answer.mask };
      if (this.#acceptsNext) this.accept();
    } else {
      this.#message = answer.message;
      // a first click that was not enough: the next drag is the rectangle
      if (marksOf(this.#steps).box === null && this.shape === null) this.#steps = [];
    }
    this.#acceptsNext = false;
    this.#editor.draftChanged();
  }
}

function marksOf(steps: readonly Step[]): SmartMarks {
  const marks = steps.map(({ mark }) => mark);
  return {
    box: marks.find((mark) => mark.kind === "box")?.box ?? null,
    strokes: marks.flatMap((mark) => (mark.kind === "stroke" ? [mark.stroke] : [])),
  };
}

function boxBetween([ax, ay]: Point, [bx, by]: Point): Box {
  return { x0: Math.min(ax, bx), y0: Math.min(ay, by), x1: Math.max(ax, bx), y1: Math.max(ay, by) };
}

function strokeRadius(pixelSize: number, touch: boolean): number {
  return Math.max(0.5, STROKE_RADIUS * pixelSize * (touch ? 2 : 1));
}
