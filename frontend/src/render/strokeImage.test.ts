import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Bitmap, emptyBitmap } from "../geometry/bitmap.ts";
import type { Box } from "../geometry/types.ts";
import { StrokeImage } from "./strokeImage.ts";

/** Keeps what is put on it. */
class Pixels {
  readonly #alpha = new Uint8Array(512 * 512);
  readonly canvas = this;
  clearRect(): void {
    this.#alpha.fill(0);
  }
  isSet(x: number, y: number): boolean {
    return this.#alpha[y * 512 + x] === 255;
  }
  createImageData(width: number, height: number) {
    return { width, height, data: new Uint8ClampedArray(4 * width * height) };
  }
  putImageData({ width, data }: { width: number; data: Uint8ClampedArray }, x: number, y: number): void {
    for (let i = 0; i < data.length / 4; i++) {
      this.#alpha[(y + Math.floor(i / width)) * 512 + x + (i % width)] = data[4 * i + 3] as number;
    }
  }
}

let drawn: { pixels: Pixels; at: number[] }[] = [];
const context = {
  drawImage: (pixels: Pixels, ...at: number[]) => drawn.push({ pixels, at }),
} as unknown as CanvasRenderingContext2D;

beforeEach(() => {
  drawn = [];
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      getContext = () => new Pixels();
    },
  );
});
afterEach(() => vi.unstubAllGlobals());

function draw(image: StrokeImage, bitmap: Bitmap, { dirty, scale }: { dirty: Box; scale: number }): void {
  const stroke = { kind: "stroke", id: "a", label: "fig", bitmap, dirty, version: 1 } as const;
  const seen = { x0: 0, y0: 0, x1: 6000, y1: 4000 };
  image.draw(context, stroke, { dirty, seen, scale }, "#112233");
}

function isSet(x: number, y: number): boolean | undefined {
  return drawn.at(-1)?.pixels.isSet(x, y);
}

describe("the stroke in progress", () => {
  test("is as large in memory as the screen that shows it, not as the image", () => {
    const whole = { x0: 0, y0: 0, x1: 6000, y1: 4000 };
    draw(new StrokeImage(), emptyBitmap(whole), { dirty: whole, scale: 0.2 });
    expect(drawn.map(({ at }) => at)).toEqual([
      [0, 0, 2048, 2048],
      [2048, 0, 2048, 2048],
      [4096, 0, 2048, 2048],
      [0, 2048, 2048, 2048],
      [2048, 2048, 2048, 2048],
      [4096, 2048, 2048, 2048],
    ]);
  });

  test("shows of each square the pixel in its middle, and each pixel from life size on", () => {
    const bitmap = emptyBitmap({ x0: 3, y0: 2, x1: 30, y1: 20 });
    const paint = (x: number, y: number) => {
      bitmap.data[(y - 2) * 27 + x - 3] = 1;
    };
    paint(6, 6);
    paint(8, 9);
    const image = new StrokeImage();
    draw(image, bitmap, { dirty: { x0: 3, y0: 2, x1: 30, y1: 20 }, scale: 0.25 });
    expect([isSet(1, 1), isSet(2, 2), isSet(0, 0)]).toEqual([true, false, false]);
    paint(10, 10);
    draw(image, bitmap, { dirty: { x0: 10, y0: 10, x1: 11, y1: 11 }, scale: 0.25 });
    expect([isSet(1, 1), isSet(2, 2)]).toEqual([true, true]);
    draw(image, bitmap, { dirty: { x0: 10, y0: 10, x1: 11, y1: 11 }, scale: 1 });
    expect([isSet(6, 6), isSet(8, 9), isSet(10, 10), isSet(7, 6)]).toEqual([true, true, true, false]);
  });
});
