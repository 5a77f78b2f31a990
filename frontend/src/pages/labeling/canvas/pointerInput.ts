/** Turns the browser's pointers, wheel and keys into the core's events and the stage's moves. */

import { resizedBrush } from "../../../editor/actions.ts";
import type { Editor } from "../../../editor/editor.ts";
import type { PointerEvent as CorePointerEvent, Modifiers } from "../../../editor/events.ts";
import type { ToolName } from "../../../editor/tools/tool.ts";
import type { Point } from "../../../geometry/types.ts";
import type { Stage } from "../../../render/stage.ts";
import type { Ruler } from "./ruler.ts";

/** A wheel notch (100 px) zooms by a fifth. */
const WHEEL_ZOOM = 1.0018;
const PINCH_ZOOM = 1.01;
/** Source: https://www.w3.org/TR/pointerevents3/#the-button-property */
const ERASER_BUTTON = 5;
/** What a mouse presses with, and what the core takes for a full brush. */
const MOUSE_PRESSURE = 0.5;

/** What a drag with these comes to is where it ends, not the way there. */
const UNTRACED: ReadonlySet<ToolName> = new Set<ToolName>(["edit", "box", "ellipse"]);

export interface InputPorts {
  readonly surface: HTMLElement;
  readonly stage: Stage;
  readonly editor: Editor;
  readonly ruler: Ruler;
  /** The pointer in image pixels; null when it left. */
  readonly onPointer: (point: Point | null) => void;
}

/** Listens until the returned function is called. */
export function listenToPointers(ports: InputPorts): () => void {
  const gestures = new Gestures(ports);
  const { surface } = ports;
  const controller = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(kind: K, listener: (event: HTMLElementEventMap[K]) => void) =>
    surface.addEventListener(kind, listener, { signal: controller.signal, passive: false });
  on("pointerdown", (event) => gestures.press(event));
  on("pointermove", (event) => gestures.move(event));
  on("pointerup", (event) => gestures.release(event));
  on("pointercancel", (event) => gestures.cancel(event));
  // where the browser never tells of the release, which comes first otherwise
  on("lostpointercapture", (event) => event.target === surface && gestures.cancel(event));
  on("pointerleave", (event) => gestures.leave(event));
  on("dblclick", (event) => gestures.doubleClick(event));
  on("wheel", (event) => gestures.wheel(event));
  on("contextmenu", (event) => event.preventDefault());
  const onKey = (event: KeyboardEvent) => gestures.space(event);
  window.addEventListener("keydown", onKey, { signal: controller.signal });
  window.addEventListener("keyup", onKey, { signal: controller.signal });
  // the key is let go elsewhere
  window.addEventListener("blur", () => gestures.holdSpace(false), { signal: controller.signal });
  return () => {
    controller.abort();
    gestures.end();
  };
}

/** The pointer that is pressed, and what it does. A hand that rests on the screen beside it does nothing. */
interface Held {
  readonly pointerId: number;
  readonly does: "draw" | "pan" | "measure";
}

class Gestures {
  readonly #ports: InputPorts;
  readonly #fingers = new Map<number, Point>();
  #holdsSpace = false;
  #held: Held | null = null;
  #panFrom: Point = [0, 0];
  /** The last press was a finger's: browsers do not say what made a double click. */
  #isFinger = false;

  constructor(ports: InputPorts) {
    this.#ports = ports;
  }

  press(event: PointerEvent): void {
    if (this.#isBusyBeside(event)) return;
    const { surface } = this.#ports;
    surface.focus({ preventScroll: true });
    // the browser would drag the page's selected text away, and the stroke with it
    window.getSelection()?.removeAllRanges();
    surface.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    this.#isFinger = event.pointerType === "touch";
    if (this.#isFinger) {
      this.#fingers.set(event.pointerId, at);
      if (this.#fingers.size > 1) {
        this.#drop();
        return;
      }
    } else this.#leaveFingers();
    const { pointerId } = event;
    if (event.button === 1 || (event.button === 0 && this.#holdsSpace)) {
      event.preventDefault();
      this.#held = { pointerId, does: "pan" };
      this.#panFrom = at;
      surface.dataset.panning = "";
    } else if (event.button === 0 && this.#ports.ruler.isOn.get()) {
      this.#held = { pointerId, does: "measure" };
      this.#ports.ruler.press(this.#ports.stage.imagePoint(at));
    } else if (event.button === 0 || event.button === ERASER_BUTTON) {
      const isUsed = this.#ports.editor.dispatch(this.#coreEvent("pointerdown", event));
      this.#held = isUsed ? { pointerId, does: "draw" } : null;
    }
  }

  move(event: PointerEvent): void {
    if (!this.#counts(event)) return;
    const at = this.#at(event);
    if (this.#fingers.size > 1) this.#pinch(event.pointerId, at);
    else if (this.#held?.does === "pan") {
      this.#ports.stage.panBy(at[0] - this.#panFrom[0], at[1] - this.#panFrom[1]);
      this.#panFrom = at;
    } else this.#use(event, at);
    this.#ports.onPointer(this.#ports.stage.imagePoint(at));
  }

  /** A pen or mouse is pressed: a palm comes down beside it. */
  #isBusyBeside({ pointerId }: PointerEvent): boolean {
    const { pointerId: held } = this.#held ?? { pointerId };
    return held !== pointerId && !this.#fingers.has(held);
  }

  /** Whether a move is one of the pointers at work, or of the only one there is. */
  #counts({ pointerId, pointerType }: PointerEvent): boolean {
    if (pointerType === "touch" || this.#fingers.size > 1) return this.#fingers.has(pointerId);
    return this.#held === null || this.#held.pointerId === pointerId;
  }

  /** A pen or mouse comes: the fingers on the screen were a hand that rests there. */
  #leaveFingers(): void {
    if (this.#fingers.size === 0) return;
    this.#fingers.clear();
    this.#drop();
  }

  #drop(): void {
    if (this.#held?.does === "draw") this.#ports.editor.dispatch({ kind: "pointercancel" });
    this.#held = null;
    delete this.#ports.surface.dataset.panning;
    this.#ports.ruler.drop();
  }

  #use(event: PointerEvent, at: Point): void {
    if (this.#fingers.has(event.pointerId)) this.#fingers.set(event.pointerId, at);
    if (this.#ports.ruler.isOn.get()) {
      this.#ports.ruler.move(this.#ports.stage.imagePoint(at), event.shiftKey);
      return;
    }
    // a stroke or trace wants every place the pointer passed; a hover, or a drag of what is large and takes its time, only the last
    const isTraced = this.#held?.does === "draw" && !UNTRACED.has(this.#ports.editor.tool.name);
    const passed = isTraced ? event.getCoalescedEvents() : [];
    for (const each of passed) this.#ports.editor.dispatch(this.#coreEvent("pointermove", each));
    if (passed.length === 0) this.#ports.editor.dispatch(this.#coreEvent("pointermove", event, at));
  }

  release(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    if (this.#held?.pointerId !== event.pointerId) return;
    const { does } = this.#held;
    this.#held = null;
    delete this.#ports.surface.dataset.panning;
    if (does === "measure") this.#ports.ruler.release();
    else if (does === "draw") this.#ports.editor.dispatch(this.#coreEvent("pointerup", event));
  }

  /** The image is left in the midst of something: the next one does not look as if it were under way. */
  end(): void {
    delete this.#ports.surface.dataset.panning;
    this.#ports.surface.removeAttribute("data-space");
    this.#ports.ruler.drop();
  }

  cancel(event: PointerEvent): void {
    this.#fingers.delete(event.pointerId);
    if (this.#held?.pointerId === event.pointerId) this.#drop();
  }

  leave(event: PointerEvent): void {
    // captured pointers leave only when they are released
    if (this.#held) return;
    this.#ports.onPointer(null);
    if (event.buttons === 0) this.#ports.editor.dispatch({ kind: "pointerleave" });
  }

  doubleClick(event: MouseEvent): void {
    const [x, y] = this.#ports.stage.imagePoint(this.#at(event));
    const pixelSize = 1 / this.#ports.stage.view.scale;
    this.#ports.editor.dispatch({ kind: "doubleclick", x, y, pixelSize, touch: this.#isFinger });
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    const { stage, editor } = this.#ports;
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 33 : event.deltaY;
    if (event.altKey) {
      editor.change({ brushRadius: resizedBrush(editor.settings.brushRadius, pixels < 0 ? 1.2 : 1 / 1.2) });
    } else if (event.shiftKey) {
      stage.panBy(-(event.deltaX || pixels), 0);
    } else {
      stage.zoomAt(this.#at(event), (event.ctrlKey ? PINCH_ZOOM : WHEEL_ZOOM) ** -pixels);
    }
  }

  space(event: KeyboardEvent): void {
    if (event.key !== " ") return;
    this.holdSpace(event.type === "keydown" && isFocused(this.#ports.surface));
    if (this.#holdsSpace) event.preventDefault();
  }

  holdSpace(holds: boolean): void {
    this.#holdsSpace = holds;
    this.#ports.surface.toggleAttribute("data-space", holds);
  }

  /** Two fingers: the image follows their middle and their distance. */
  #pinch(pointerId: number, at: Point): void {
    const before = [...this.#fingers.values()].slice(0, 2);
    this.#fingers.set(pointerId, at);
    const after = [...this.#fingers.values()].slice(0, 2);
    const [fromA, fromB, toA, toB] = [before[0], before[1], after[0], after[1]];
    if (!fromA || !fromB || !toA || !toB) return;
    const span = (a: Point, b: Point) => Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1]));
    const middle = (a: Point, b: Point): Point => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const from = middle(fromA, fromB);
    const to = middle(toA, toB);
    this.#ports.stage.panBy(to[0] - from[0], to[1] - from[1]);
    this.#ports.stage.zoomAt(to, span(toA, toB) / span(fromA, fromB));
  }

  #at(event: MouseEvent): Point {
    const frame = this.#ports.surface.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  #coreEvent(kind: CorePointerEvent["kind"], event: PointerEvent, at = this.#at(event)): CorePointerEvent {
    const [x, y] = this.#ports.stage.imagePoint(at);
    return {
      kind,
      x,
      y,
      modifiers: modifiersOf(event),
      pressure: event.pointerType === "pen" ? event.pressure : MOUSE_PRESSURE,
      pixelSize: 1 / this.#ports.stage.view.scale,
      touch: event.pointerType === "touch",
      eraser: event.button === ERASER_BUTTON,
    };
  }
}

/** The canvas has the keys while nothing else has. */
function isFocused(surface: HTMLElement): boolean {
  return document.activeElement === surface || document.activeElement === document.body;
}

export function modifiersOf(event: Pick<MouseEvent, "shiftKey" | "altKey" | "ctrlKey" | "metaKey">): Modifiers {
  return { shift: event.shiftKey, alt: event.altKey, ctrl: event.ctrlKey || event.metaKey };
}
