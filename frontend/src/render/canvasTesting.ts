/** What stands in for the browser in tests: a canvas that notes where it is drawn on, and a painter that answers when it is told to. */
import type { Point, Size } from "../geometry/types.ts";
import type { SceneOrder, ScenePort } from "./sceneMessages.ts";

export class NotedPath {
  readonly points: Point[] = [];
  moveTo(x: number, y: number): void {
    this.points.push([x, y]);
  }
  lineTo(x: number, y: number): void {
    this.points.push([x, y]);
  }
  arc(x: number, y: number, radius: number): void {
    this.points.push([x - radius, y - radius], [x + radius, y + radius]);
  }
  rect(x: number, y: number, width: number, height: number): void {
    this.points.push([x, y], [x + width, y + height]);
  }
  closePath(): void {}
}

export class NotedContext {
  readonly canvas: NotedCanvas;
  readonly drawn: Point[] = [];
  strokes = 0;
  lineWidth = 1;
  #scale = 1;
  #shift: Point = [0, 0];

  constructor(canvas: NotedCanvas) {
    this.canvas = canvas;
  }

  setTransform(scale: number, _b: number, _c: number, _d: number, x: number, y: number): void {
    this.#scale = scale;
    this.#shift = [x, y];
  }
  transform(scale: number, _b: number, _c: number, _d: number, x: number, y: number): void {
    this.#shift = [this.#shift[0] + this.#scale * x, this.#shift[1] + this.#scale * y];
    this.#scale *= scale;
  }
  fill(path: NotedPath): void {
    this.#note(path.points, 0);
  }
  stroke(path: NotedPath): void {
    this.strokes++;
    this.#note(path.points, this.lineWidth / 2);
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.strokes++;
    this.#note(
      [
        [x, y],
        [x + width, y + height],
      ],
      this.lineWidth / 2,
    );
  }
  save(): void {}
  restore(): void {}
  beginPath(): void {}
  rect(): void {}
  clip(): void {}
  clearRect(): void {}
  drawImage(): void {}
  readonly shown: (ImageBitmap | null)[] = [];
  transferFromImageBitmap(bitmap: ImageBitmap | null): void {
    this.shown.push(bitmap);
  }
  setLineDash(): void {}

  #note(points: readonly Point[], reach: number): void {
    const place = (at: number, axis: 0 | 1) => at * this.#scale + this.#shift[axis];
    for (const [x, y] of points) {
      this.drawn.push([place(x - reach, 0), place(y - reach, 1)], [place(x + reach, 0), place(y + reach, 1)]);
    }
  }
}

export class NotedCanvas extends EventTarget {
  width = 0;
  height = 0;
  readonly style: Record<string, string> = {};
  readonly context = new NotedContext(this);
  hidden = false;
  isRemoved = false;
  getContext(): NotedContext {
    return this.context;
  }
  remove(): void {
    this.isRemoved = true;
  }
}

/** Keeps orders until they are answered. */
export class HeldPort implements ScenePort {
  onPicture: ScenePort["onPicture"] = () => undefined;
  onLost: ScenePort["onLost"] = () => undefined;
  readonly orders: SceneOrder[] = [];
  isClosed = false;
  paint(order: SceneOrder): void {
    this.orders.push(order);
  }
  close(): void {
    this.isClosed = true;
  }

  /** Answers the oldest order, with so many objects in sight; tells of the bitmap. */
  answer(seen = 1000, size: Size = { width: 1, height: 1 }): { isClosed: boolean } {
    const order = this.orders.shift();
    if (!order) throw new Error("nothing was ordered");
    const close = () => {
      bitmap.isClosed = true;
    };
    const bitmap = { ...size, isClosed: false, close };
    this.onPicture({ turn: order.turn, seen, bitmap: bitmap as unknown as ImageBitmap });
    return bitmap;
  }
}
