/** A canvas for tests that notes where it is drawn on, in its own pixels. */
import type { Point } from "../geometry/types.ts";

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
  setLineDash(): void {}

  #note(points: readonly Point[], reach: number): void {
    const place = (at: number, axis: 0 | 1) => at * this.#scale + this.#shift[axis];
    for (const [x, y] of points) {
      this.drawn.push([place(x - reach, 0), place(y - reach, 1)], [place(x + reach, 0), place(y + reach, 1)]);
    }
  }
}

export class NotedCanvas {
  width = 0;
  height = 0;
  readonly style: Record<string, string> = {};
  readonly context = new NotedContext(this);
  getContext(): NotedContext {
    return this.context;
  }
}
