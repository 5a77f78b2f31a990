/**
 * The top canvas. It is only as large as what is being edited: without a graphics card browsers copy all of a canvas in each frame in
 * which it changes, and a hovered object is a hundredth of the screen.
 */
import { intersectBoxes, isEmptyBox } from "../geometry/box.ts";
import type { Box } from "../geometry/types.ts";
import { activeBox } from "./activeBox.ts";
import { type ActiveScene, drawActive } from "./activeLayer.ts";

/** Device pixels: it grows and shrinks by these, so that it is not made anew with every move. */
const STEP = 256;

export class ActiveCanvas {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  #isBlank = true;
  #ratio = 1;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("This browser has no 2D canvas.");
    this.#canvas = canvas;
    this.#context = context;
  }

  draw(scene: Omit<ActiveScene, "context">): void {
    const { view, screen, ratio } = scene;
    const seen = intersectBoxes(activeBox(scene), { x0: 0, y0: 0, x1: screen.width, y1: screen.height });
    if (isEmptyBox(seen)) {
      this.#blank();
      return;
    }
    this.#isBlank = false;
    const { x, y } = this.#place(seen, ratio);
    drawActive({
      ...scene,
      context: this.#context,
      view: { scale: view.scale, x: view.x - x, y: view.y - y },
      screen: { width: this.#canvas.width / ratio, height: this.#canvas.height / ratio },
    });
  }

  #blank(): void {
    if (this.#isBlank) return;
    this.#isBlank = true;
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  /** Lays it over a box of the screen, on whole device pixels, blank; answers where its corner is, in screen pixels. */
  #place({ x0, y0, x1, y1 }: Box, ratio: number): { x: number; y: number } {
    const [left, top] = [Math.floor(x0 * ratio), Math.floor(y0 * ratio)];
    const width = stepped(x1 * ratio - left);
    const height = stepped(y1 * ratio - top);
    if (this.#canvas.width !== width || this.#canvas.height !== height || this.#ratio !== ratio) {
      this.#ratio = ratio;
      this.#canvas.width = width;
      this.#canvas.height = height;
      this.#canvas.style.width = `${width / ratio}px`;
      this.#canvas.style.height = `${height / ratio}px`;
    }
    const [x, y] = [left / ratio, top / ratio];
    this.#canvas.style.transform = `translate(${x}px, ${y}px)`;
    return { x, y };
  }
}

function stepped(pixels: number): number {
  return Math.max(1, Math.ceil(pixels / STEP)) * STEP;
}
