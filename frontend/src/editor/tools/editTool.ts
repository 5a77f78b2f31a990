/** Selects objects and edits their corners: drag, insert on an edge, delete, several at once; drags a selected object. */
import { distance } from "../../geometry/measure.ts";
import type { Box, Point, Polygon } from "../../geometry/types.ts";
import { type Draft, NO_DRAFT } from "../draft.ts";
import type { Editor } from "../editor.ts";
import type { DoubleClick, PointerEvent, ToolEvent } from "../events.ts";
import { type Instance, moveShape, type Shape, shapeHolds } from "../instance.ts";
import type { KeyAction } from "../keys.ts";
import { convert, reshape } from "../shaping.ts";
import {
  deleteVertices,
  edgeAt,
  forEachVertex,
  insertVertex,
  moveVertices,
  placeVertex,
  sameVertex,
  type VertexRef,
  vertexAt,
  verticesIn,
} from "../vertices.ts";
import { DRAG_THRESHOLD, dropsGesture, reachOf, type Tool } from "./tool.ts";

/** What was under the pointer when it was pressed. */
type Press =
  | { readonly on: "vertex"; readonly refs: readonly VertexRef[]; readonly base: Instance }
  | { readonly on: "edge"; readonly refs: readonly VertexRef[]; readonly base: Instance }
  /** The selected object where it lies there, however deep; else the topmost. `hits` are all that do, the topmost first. */
  | {
      readonly on: "object";
      readonly base: Instance;
      readonly wasSelected: boolean;
      readonly hits: readonly Instance[];
    }
  | { readonly on: "nothing" };

/** Where an object was clicked last, and what was selected before that and before an earlier click in the same place. */
interface Pick {
  readonly at: Point;
  readonly before: string | null;
  readonly earlier: string | null;
}

export class EditTool implements Tool {
  readonly name = "edit";
  readonly cursor = null;
  readonly #editor: Editor;
  #state: "idle" | "pointing" | "dragging" = "idle";
  #press: Press = { on: "nothing" };
  #pressed: Point = [0, 0];
  /** The selected object's when the pointer was pressed. */
  #shape: Shape | undefined;
  #draft: Draft = NO_DRAFT;
  #lastPick: Pick | null = null;

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  get state(): string {
    return this.#state;
  }

  get draft(): Draft {
    return this.#draft;
  }

  handle(event: ToolEvent): void {
    switch (event.kind) {
      case "pointerdown":
        this.#onPress(event);
        break;
      case "pointermove":
        this.#onMove(event);
        break;
      case "pointerup":
        this.#onRelease(event);
        break;
      case "pointercancel":
        this.cancel();
        break;
      case "pointerleave":
        this.#editor.hover(null);
        break;
      case "doubleclick":
        this.#insertOnEdge(event);
        break;
    }
  }

  act(action: KeyAction): boolean {
    if (dropsGesture(action) && this.#state !== "idle") {
      this.cancel();
      return true;
    }
    const deletes = action === "delete" || action === "takeBack";
    // what is deleted is not dragged any further
    if (deletes) this.cancel();
    return deletes && this.#deleteChosen(this.#editor.selectedVertices);
  }

  cancel(): void {
    this.#state = "idle";
    this.#draft = NO_DRAFT;
    this.#editor.draftChanged();
  }

  #onPress(event: PointerEvent): void {
    this.#pressed = [event.x, event.y];
    this.#press = this.#find(event);
    this.#shape = this.#editor.selected?.shape;
    this.#state = "pointing";
    if (this.#press.on === "vertex" && event.modifiers.alt) {
      this.#deleteChosen(this.#press.refs);
      this.#state = "idle";
    }
  }

  #find(event: PointerEvent): Press {
    const at: Point = [event.x, event.y];
    const selected = this.#editor.selected;
    if (selected?.shape.kind === "polygons" && !this.#editor.isFixed(selected.id)) {
      const { polygons } = selected.shape;
      const ref = vertexAt(polygons, at, reachOf(event));
      if (ref) return { on: "vertex", refs: this.#chosenWith(ref, event.modifiers.shift), base: selected };
      const middle = middleAt(polygons, at, reachOf(event));
      if (middle) return withInserted(selected, middle.ref, middle.point);
    }
    const hits = this.#editor.hitsAt(at);
    const own = hits.find(({ id }) => id === selected?.id);
    const base = own ?? hits[0];
    return base ? { on: "object", base, wasSelected: own !== undefined, hits } : { on: "nothing" };
  }

  /** A press on one of several chosen corners takes all; Shift adds or takes away one. */
  #chosenWith(ref: VertexRef, adds: boolean): readonly VertexRef[] {
    const chosen = this.#editor.selectedVertices;
    const isChosen = chosen.some((other) => sameVertex(other, ref));
    if (adds) return isChosen ? chosen.filter((other) => !sameVertex(other, ref)) : [...chosen, ref];
    return isChosen ? chosen : [ref];
  }

  #onMove(event: PointerEvent): void {
    if (this.#state === "idle") {
      this.#editor.hover([event.x, event.y]);
      return;
    }
    const at: Point = [event.x, event.y];
    if (this.#state === "pointing" && distance(at, this.#pressed) <= DRAG_THRESHOLD * event.pixelSize) return;
    this.#state = "dragging";
    this.#draft = this.#dragged(event);
    this.#editor.draftChanged();
  }

  #dragged(event: PointerEvent): Draft {
    const press = this.#press;
    const by: Point = [event.x - this.#pressed[0], event.y - this.#pressed[1]];
    const { image } = this.#editor.document;
    switch (press.on) {
      case "vertex":
      case "edge": {
        if (press.base.shape.kind !== "polygons") return NO_DRAFT;
        const [first, ...more] = press.refs;
        const polygons =
          first && more.length === 0
            ? placeVertex(press.base.shape.polygons, first, this.#snapped(event))
            : moveVertices(press.base.shape.polygons, press.refs, by, image);
        return { kind: "instance", instance: { ...press.base, shape: { kind: "polygons", polygons } } };
      }
      case "object":
        if (!press.wasSelected || this.#editor.isFixed(press.base.id)) return NO_DRAFT;
        return {
          kind: "instance",
          instance: { ...press.base, shape: moveShape(press.base.shape, by[0], by[1], image) },
        };
      case "nothing":
        return { kind: "marquee", box: boxBetween(this.#pressed, [event.x, event.y]) };
    }
  }

  /** A single corner goes to the pointer itself, or to the neighbour's border it snaps to. */
  #snapped(event: PointerEvent): Point {
    const at: Point = [event.x, event.y];
    return this.#editor.borderAt(at, event)?.point ?? this.#editor.clamp(at);
  }

  #onRelease(event: PointerEvent): void {
    if (this.#state === "idle") return;
    const wasDragging = this.#state === "dragging";
    const press = this.#press;
    const draft = this.#draft;
    this.cancel();
    if (wasDragging || press.on !== "object") this.#lastPick = null;
    if (this.#isOutdated(press)) return;
    if (wasDragging) this.#commit(press, draft, event.modifiers.shift);
    else this.#click(press, reachOf(event));
  }

  /** Someone else's change came in since the press: the corners that were pressed are not there any more. */
  #isOutdated(press: Press): boolean {
    const { selected } = this.#editor;
    return press.on !== "nothing" && press.base.id === selected?.id && selected.shape !== this.#shape;
  }

  #commit(press: Press, draft: Draft, adds: boolean): void {
    const editor = this.#editor;
    if (draft.kind === "marquee") {
      const polygons = editor.selected?.shape.kind === "polygons" ? editor.selected.shape.polygons : [];
      const found = verticesIn(polygons, draft.box);
      editor.chooseVertices(adds ? [...editor.selectedVertices, ...found] : found);
      return;
    }
    if (draft.kind !== "instance") return;
    const now = editor.document.get(draft.instance.id);
    if (!now) return;
    const name = press.on === "object" ? "moveObject" : press.on === "edge" ? "insertVertex" : "moveVertices";
    reshape(editor, now, draft.instance.shape, name);
    if (press.on === "vertex" || press.on === "edge") editor.chooseVertices(press.refs);
  }

  #click(press: Press, reach: number): void {
    switch (press.on) {
      case "vertex":
        this.#editor.chooseVertices(press.refs);
        break;
      case "edge": {
        const now = this.#editor.document.get(press.base.id);
        if (now) reshape(this.#editor, now, press.base.shape, "insertVertex");
        this.#editor.chooseVertices(press.refs);
        break;
      }
      case "object":
        this.#pick(press.hits, reach);
        break;
      case "nothing":
        this.#editor.select(null);
        break;
    }
  }

  /** A click selects what lies on top; one more in the same place what lies beneath. */
  #pick(hits: readonly Instance[], reach: number): void {
    const before = this.#editor.selectedId;
    const last = this.#lastPick !== null && distance(this.#lastPick.at, this.#pressed) <= reach ? this.#lastPick : null;
    const now = last ? hits.findIndex(({ id }) => id === before) : -1;
    this.#lastPick = { at: this.#pressed, before, earlier: last?.before ?? null };
    this.#editor.select(hits[(now + 1) % hits.length]?.id ?? null);
  }

  /** The clicks of a double one have gone to what lies beneath: it is meant for what was selected there, else for what the first one selected. */
  #pickAsBefore(at: Point): void {
    const { earlier = null, before = null } = this.#lastPick ?? {};
    const meant = this.#editor.hitsAt(at).some(({ id }) => id === earlier) ? earlier : before;
    if (meant) this.#editor.select(meant);
  }

  /** On an edge it makes a corner. A bitmap has neither until it becomes polygons, which is what is asked for here. */
  #insertOnEdge(event: DoubleClick): void {
    this.#pickAsBefore([event.x, event.y]);
    const selected = this.#editor.selected;
    if (!selected || this.#editor.isFixed(selected.id)) return;
    if (selected.shape.kind === "mask") {
      if (shapeHolds(selected.shape, [event.x, event.y])) convert(this.#editor, selected);
      return;
    }
    const edge = edgeAt(selected.shape.polygons, [event.x, event.y], reachOf(event));
    if (!edge || vertexAt(selected.shape.polygons, edge.point, reachOf(event) / 2)) return;
    this.#click(withInserted(selected, edge.ref, edge.point), reachOf(event));
  }

  #deleteChosen(refs: readonly VertexRef[]): boolean {
    const selected = this.#editor.selected;
    if (selected?.shape.kind !== "polygons" || refs.length === 0 || this.#editor.isFixed(selected.id)) return false;
    const polygons = deleteVertices(selected.shape.polygons, refs);
    this.#editor.chooseVertices([]);
    reshape(this.#editor, selected, { kind: "polygons", polygons }, "deleteVertices");
    return true;
  }
}

/** The handle in the middle of an edge long enough to have one. */
export function middleAt(
  polygons: readonly Polygon[],
  at: Point,
  reach: number,
): { ref: VertexRef; point: Point } | null {
  let found: { ref: VertexRef; point: Point } | null = null;
  forEachVertex(polygons, (ref, from, to) => {
    if (distance(from, to) < MIDDLE_HANDLE_EDGE * reach) return;
    const point: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
    if (distance(point, at) <= reach) found = { ref, point };
  });
  return found;
}

/** Edges shorter than this many hit reaches have no middle handle: it would lie under those of the corners. */
export const MIDDLE_HANDLE_EDGE = 4;

function withInserted(base: Instance, after: VertexRef, point: Point): Press {
  if (base.shape.kind !== "polygons") return { on: "nothing" };
  const polygons = insertVertex(base.shape.polygons, after, point);
  const ref = { ...after, index: after.index + 1 };
  return { on: "edge", refs: [ref], base: { ...base, shape: { kind: "polygons", polygons } } };
}

function boxBetween([ax, ay]: Point, [bx, by]: Point): Box {
  return { x0: Math.min(ax, bx), y0: Math.min(ay, by), x1: Math.max(ax, bx), y1: Math.max(ay, by) };
}
