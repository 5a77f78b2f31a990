/** Filling areas that a mask encloses. */
import { type Bitmap, isBitmapSet } from "./bitmap.ts";
import type { Box } from "./types.ts";

/** Pixels of the background around a point that the mask shuts in, or null when they reach the mask's border. */
export function enclosedArea(bitmap: Bitmap, x: number, y: number): Bitmap | null {
  const { width, height, data } = bitmap;
  const column = Math.floor(x) - bitmap.x;
  const row = Math.floor(y) - bitmap.y;
  if (column < 0 || row < 0 || column >= width || row >= height || isBitmapSet(bitmap, x, y)) return null;
  const area = new Uint8Array(width * height);
  const queue = [row * width + column];
  area[row * width + column] = 1;
  for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
    const at = i % width;
    if (at === 0 || at === width - 1 || i < width || i >= width * (height - 1)) return null;
    for (const next of [i - 1, i + 1, i - width, i + width]) {
      if (data[next] || area[next]) continue;
      area[next] = 1;
      queue.push(next);
    }
  }
  return { ...bitmap, data: area };
}

/** Pixels like the one under a point, connected to it by sides, within a tolerance in each of red, green and blue. */
export function similarArea(
  rgba: Uint8ClampedArray,
  frame: Box,
  x: number,
  y: number,
  tolerance: number,
): Bitmap | null {
  const width = frame.x1 - frame.x0;
  const height = frame.y1 - frame.y0;
  const column = Math.floor(x) - frame.x0;
  const row = Math.floor(y) - frame.y0;
  if (column < 0 || row < 0 || column >= width || row >= height) return null;
  const start = row * width + column;
  const near = (i: number) => {
    for (let c = 0; c < 3; c++) {
      if (Math.abs((rgba[i * 4 + c] as number) - (rgba[start * 4 + c] as number)) > tolerance) return false;
    }
    return true;
  };
  const area = new Uint8Array(width * height);
  area[start] = 1;
  const queue = [start];
  for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
    const at = i % width;
    const visit = (next: number) => {
      if (area[next] || !near(next)) return;
      area[next] = 1;
      queue.push(next);
    };
    if (at > 0) visit(i - 1);
    if (at < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < width * (height - 1)) visit(i + width);
  }
  return { x: frame.x0, y: frame.y0, width, height, data: area };
}
