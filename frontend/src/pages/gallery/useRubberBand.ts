import { type PointerEvent as ReactPointerEvent, type RefObject, useEffect, useRef } from "react";
import type { GridLayout } from "./gridLayout.ts";
import { areSameCells, type BandCells, cellsBetween, edgeSpeed, idsInCells, type Point } from "./rubberBand.ts";

/** A hand that clicks moves less than this. */
const SLACK_PX = 4;

export interface BandActions {
  /** The images under the band; with `adding` (Ctrl) those selected before stay so. */
  onBand: (ids: readonly number[], options: { adding: boolean }) => void;
  onBandEnd: () => void;
  /** As it was before the band. */
  onBandCancel: () => void;
  /** A click beside the images. */
  onEmptyClick: () => void;
}

interface RubberBandOptions extends BandActions {
  scroller: RefObject<HTMLElement | null>;
  /** The first tile's corner is its corner. */
  canvas: RefObject<HTMLElement | null>;
  /** Drawn as the band. */
  box: RefObject<HTMLElement | null>;
  order: readonly number[];
  layout: GridLayout;
}

/**
 * Selecting by drawing a box: from empty space, or with Alt from anywhere.
 *
 * It runs outside of React: a frame of dragging draws one element anew, and the grid only when other tiles are meant.
 */
export function useRubberBand(options: RubberBandOptions) {
  const latest = useRef(options);
  latest.current = options;
  const drag = useRef<BandDrag | null>(null);
  const wasDrawn = useRef(false);
  useEffect(() => () => drag.current?.stop(), []);

  const onPointerDown = (event: ReactPointerEvent) => {
    wasDrawn.current = false;
    const { scroller } = latest.current;
    const isOnTile = event.target instanceof Element && event.target.closest("[data-index]") !== null;
    if (event.button !== 0 || event.pointerType === "touch" || (isOnTile && !event.altKey)) return;
    if (scroller.current === null || isOnScrollbar(event, scroller.current)) return;
    drag.current?.stop();
    drag.current = new BandDrag(event.nativeEvent, latest, (isDrawn) => {
      wasDrawn.current = isDrawn;
      if (!isDrawn && !isOnTile && !isAdding(event)) latest.current.onEmptyClick();
    });
  };
  return {
    onPointerDown,
    /** Whether the click that comes now ends a band: it means no image. */
    wasBand: () => wasDrawn.current,
  };
}

/** One press of the button: it becomes a band when the pointer moves. */
class BandDrag {
  readonly #options: RefObject<RubberBandOptions>;
  readonly #onEnd: (isDrawn: boolean) => void;
  readonly #from: Point;
  readonly #adding: boolean;
  #pointer: Point;
  #frame = 0;
  #isDrawn = false;
  #cells: BandCells | null = null;

  constructor(event: PointerEvent, options: RefObject<RubberBandOptions>, onEnd: (isDrawn: boolean) => void) {
    this.#options = options;
    this.#onEnd = onEnd;
    this.#adding = isAdding(event);
    this.#pointer = { x: event.clientX, y: event.clientY };
    this.#from = this.#inCanvas(this.#pointer);
    window.addEventListener("pointermove", this.#move);
    window.addEventListener("pointerup", this.#up);
    window.addEventListener("pointercancel", this.#cancel);
    window.addEventListener("keydown", this.#press, { capture: true });
  }

  stop(): void {
    window.removeEventListener("pointermove", this.#move);
    window.removeEventListener("pointerup", this.#up);
    window.removeEventListener("pointercancel", this.#cancel);
    window.removeEventListener("keydown", this.#press, { capture: true });
    cancelAnimationFrame(this.#frame);
    const box = this.#options.current.box.current;
    if (box) box.hidden = true;
  }

  #move = (event: PointerEvent) => {
    this.#pointer = { x: event.clientX, y: event.clientY };
    if (this.#isDrawn) return;
    const to = this.#inCanvas(this.#pointer);
    if (Math.hypot(to.x - this.#from.x, to.y - this.#from.y) < SLACK_PX) return;
    this.#isDrawn = true;
    this.#draw();
  };

  #up = () => {
    this.stop();
    if (this.#isDrawn) this.#options.current.onBandEnd();
    this.#onEnd(this.#isDrawn);
  };

  #cancel = () => {
    this.stop();
    if (this.#isDrawn) this.#options.current.onBandCancel();
  };

  #press = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !this.#isDrawn) return;
    event.preventDefault();
    event.stopPropagation();
    this.#cancel();
    this.#onEnd(true);
  };

  /** Each frame: the grid may scroll under a pointer that rests. */
  #draw = () => {
    this.#frame = requestAnimationFrame(this.#draw);
    const { scroller, box, layout, order, onBand } = this.#options.current;
    if (scroller.current === null || box.current === null) return;
    const { top, bottom } = scroller.current.getBoundingClientRect();
    scroller.current.scrollTop += edgeSpeed(this.#pointer.y, top, bottom);
    const to = this.#inCanvas(this.#pointer);
    const { style } = box.current;
    box.current.hidden = false;
    style.transform = `translate(${Math.min(this.#from.x, to.x)}px, ${Math.min(this.#from.y, to.y)}px)`;
    style.width = `${Math.abs(to.x - this.#from.x)}px`;
    style.height = `${Math.abs(to.y - this.#from.y)}px`;
    const cells = cellsBetween(this.#from, to, layout);
    if (areSameCells(this.#cells, cells)) return;
    this.#cells = cells;
    onBand(idsInCells(order, cells, layout.columns), { adding: this.#adding });
  };

  #inCanvas({ x, y }: Point): Point {
    const box = this.#options.current.canvas.current?.getBoundingClientRect();
    return { x: x - (box?.left ?? 0), y: y - (box?.top ?? 0) };
  }
}

function isAdding({ ctrlKey, metaKey }: Pick<PointerEvent, "ctrlKey" | "metaKey">): boolean {
  return ctrlKey || metaKey;
}

function isOnScrollbar({ clientX }: Pick<PointerEvent, "clientX">, scroller: HTMLElement): boolean {
  return clientX > scroller.getBoundingClientRect().left + scroller.clientWidth;
}
