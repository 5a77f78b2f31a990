/** A canvas with a margin around the screen that shows what was painted for one view, and for others the same, moved and scaled. */
import type { Box, Size } from "../geometry/types.ts";
import { seenBox, type View } from "./view.ts";

/** Screen pixels around the canvas that are painted beforehand. */
export const MARGIN = 200;

export class Layer {
  readonly #context: CanvasRenderingContext2D;
  /** What takes several frames is painted on a canvas that is not on the page. */
  readonly #aside: CanvasRenderingContext2D;
  #screen: Size = { width: 0, height: 0 };
  #ratio = 1;
  /** What is shown takes this part of the canvas's width and height. */
  #detail = 1;
  #shownAt: View | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#context = contextOf(canvas);
    this.#aside = contextOf(document.createElement("canvas"));
  }

  /** The view that it was painted for; null before the first. */
  get shownAt(): View | null {
    return this.#shownAt;
  }

  /** With a pixel for each on the screen. */
  get isSharp(): boolean {
    return this.#detail === 1;
  }

  resize(screen: Size, ratio: number): void {
    this.#screen = screen;
    this.#ratio = ratio;
    const [width, height] = [screen.width + 2 * MARGIN, screen.height + 2 * MARGIN];
    for (const { canvas } of [this.#context, this.#aside]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    this.#context.canvas.style.width = `${width}px`;
    this.#context.canvas.style.height = `${height}px`;
  }

  /** Blanks it for a view, with `detail` of the screen's pixels each way; its context takes screen pixels from the margin's corner on. */
  begin(view: View, detail = 1): CanvasRenderingContext2D {
    this.#shownAt = view;
    this.#detail = detail;
    return this.#blank(this.#context, detail);
  }

  /** The same unseen, until `showAside`. */
  beginAside(): CanvasRenderingContext2D {
    return this.#blank(this.#aside, 1);
  }

  /** Shows what was painted unseen for a view. */
  showAside(view: View): void {
    const context = this.begin(view);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.#aside.canvas, 0, 0);
  }

  /** Paints a box of the image anew in what is shown, on whole pixels, so that what is beside it stays as it is. */
  repaint(box: Box, paint: (context: CanvasRenderingContext2D) => void): void {
    const context = this.#context;
    const view = this.#shownAt;
    if (!view) return;
    const onCanvas = (at: number, from: number) => (at * view.scale + from + MARGIN) * this.#ratio;
    const [x, y] = [Math.floor(onCanvas(box.x0, view.x)), Math.floor(onCanvas(box.y0, view.y))];
    const width = Math.ceil(onCanvas(box.x1, view.x)) - x;
    const height = Math.ceil(onCanvas(box.y1, view.y)) - y;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.clearRect(x, y, width, height);
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    paint(context);
    context.restore();
  }

  /** Moves and scales what is shown to where it lies at another view. */
  follow(view: View): void {
    const then = this.#shownAt ?? view;
    const by = view.scale / then.scale;
    const x = view.x - (then.x + MARGIN) * by;
    const y = view.y - (then.y + MARGIN) * by;
    this.#context.canvas.style.transform = `translate(${x}px, ${y}px) scale(${by / this.#detail})`;
  }

  /** Whether what is shown, margin included, fills the screen at another view, and sharply enough. */
  covers(view: View): boolean {
    const then = this.#shownAt;
    if (!then) return false;
    const by = view.scale / then.scale;
    if (by > 2 || by < 0.5) return false;
    const left = view.x - (then.x + MARGIN) * by;
    const top = view.y - (then.y + MARGIN) * by;
    const { width, height } = this.#screen;
    const [right, bottom] = [left + (width + 2 * MARGIN) * by, top + (height + 2 * MARGIN) * by];
    return left <= 0 && top <= 0 && right >= width && bottom >= height;
  }

  /** The part of the image plane that it has room for. */
  seenBox(view: View): Box {
    return seenBox(view, this.#screen, MARGIN);
  }

  #blank(context: CanvasRenderingContext2D, detail: number): CanvasRenderingContext2D {
    const ratio = this.#ratio * detail;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return context;
  }
}

/** Lets a layer's context take image pixels in place of the screen's. */
export function takeImage(context: CanvasRenderingContext2D, { scale, x, y }: View): void {
  context.transform(scale, 0, 0, scale, x + MARGIN, y + MARGIN);
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no 2D canvas.");
  return context;
}
