/** Filling areas that a mask encloses, or that are of a like colour. */
import { type Bitmap, isBitmapSet } from "./bitmap.ts";
import type { Box, Size } from "./types.ts";

/** Pixels of the background around a point that the mask shuts in, or null when they reach the mask's border. */
export function enclosedArea(bitmap: Bitmap, x: number, y: number): Bitmap | null {
  const { width, height, data } = bitmap;
  const column = Math.floor(x) - bitmap.x;
  const row = Math.floor(y) - bitmap.y;
  if (column < 0 || row < 0 || column >= width || row >= height || isBitmapSet(bitmap, x, y)) return null;
  const area = flood(width, height, row * width + column, (i) => data[i] === 0);
  const filled = { ...bitmap, data: area };
  const { left, top, right, bottom } = sidesReached(filled);
  return left || top || right || bottom ? null : filled;
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
  const [red, green, blue] = [0, 1, 2].map((channel) => rgba[start * 4 + channel] as number) as [
    number,
    number,
    number,
  ];
  const isLike = (i: number) =>
    Math.abs((rgba[i * 4] as number) - red) <= tolerance &&
    Math.abs((rgba[i * 4 + 1] as number) - green) <= tolerance &&
    Math.abs((rgba[i * 4 + 2] as number) - blue) <= tolerance;
  return { x: frame.x0, y: frame.y0, width, height, data: flood(width, height, start, isLike) };
}

/** Fills row by row: a whole stretch at a time, and from it the stretches above and below that it touches. */
function flood(width: number, height: number, start: number, isLike: (i: number) => boolean): Uint8Array {
  const area = new Uint8Array(width * height);
  const seeds = [start];
  for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) {
    if (area[seed]) continue;
    const row = seed - (seed % width);
    let from = seed;
    while (from > row && isLike(from - 1)) from--;
    let to = seed + 1;
    while (to < row + width && isLike(to)) to++;
    area.fill(1, from, to);
    if (row > 0) addSeeds(from - width, to - width);
    if (row < width * (height - 1)) addSeeds(from + width, to + width);
  }
  return area;

  /** One for each stretch that is not filled yet. */
  function addSeeds(from: number, to: number): void {
    let isInside = false;
    for (let i = from; i < to; i++) {
      const isFree = !area[i] && isLike(i);
      if (isFree && !isInside) seeds.push(i);
      isInside = isFree;
    }
  }
}

/** Whether the area reaches an edge of its bitmap beyond which the image goes on. */
export function isCutOff(area: Bitmap, image: Size): boolean {
  const { left, top, right, bottom } = sidesReached(area);
  return (
    (left && area.x > 0) ||
    (top && area.y > 0) ||
    (right && area.x + area.width < image.width) ||
    (bottom && area.y + area.height < image.height)
  );
}

/** At which sides of the bitmap a pixel is set. */
function sidesReached({ width, height, data }: Bitmap) {
  const sides = {
    left: false,
    right: false,
    top: data.subarray(0, width).includes(1),
    bottom: data.includes(1, width * (height - 1)),
  };
  for (let row = 0; row < height; row++) {
    if (data[row * width]) sides.left = true;
    if (data[(row + 1) * width - 1]) sides.right = true;
  }
  return sides;
}
