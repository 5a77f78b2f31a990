/** A picture at the size that a model works at: app/inference/preprocess.py, in the browser. */

/** Upright pixels that are read in strips: a photo of 50 megapixels need not be in memory as floats. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** RGBA of rows y0 up to y1, row-major; alpha is not looked at. */
  rows(y0: number, y1: number): Uint8ClampedArray;
}

/** As the detector takes it: planar RGB in 0-1, (3, height, width). */
export interface ModelInput {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

const STRIP_ROWS = 64;
const CHANNELS = 3;

/** The longer side becomes imageSize; small pictures are enlarged, so that objects keep the size that anchors are made for. */
export function resizeForModel(source: PixelSource, imageSize: number): ModelInput {
  const scale = imageSize / Math.max(source.width, source.height);
  const width = Math.max(1, roundHalfToEven(source.width * scale));
  const height = Math.max(1, roundHalfToEven(source.height * scale));
  // Averaging over the covered area keeps a shrunk picture free of moiré; enlarging, it would show blocks.
  const sharesOf = scale < 1 ? coveredShares : linearShares;
  return { width, height, pixels: resample(source, sharesOf(source.width, width), sharesOf(source.height, height)) };
}

/** For each target pixel: the source pixels that it is made of, from `starts[i]` on, by `weights[i]`. */
interface Shares {
  readonly starts: number[];
  readonly weights: number[][];
}

/** What a target pixel covers of the source: OpenCV's INTER_AREA. */
function coveredShares(sourceSize: number, targetSize: number): Shares {
  const scale = sourceSize / targetSize;
  const starts: number[] = [];
  const weights: number[][] = [];
  for (let target = 0; target < targetSize; target++) {
    const from = target * scale;
    const to = Math.min((target + 1) * scale, sourceSize);
    const first = Math.floor(from + TINY);
    const last = Math.min(Math.ceil(to - TINY), sourceSize);
    const own: number[] = [];
    for (let at = first; at < last; at++) own.push((Math.min(at + 1, to) - Math.max(at, from)) / (to - from));
    starts.push(first);
    weights.push(own);
  }
  return { starts, weights };
}

/** Of a pixel's border: rounding of `target * scale` must not let a pixel in by a billionth. */
const TINY = 1e-9;

/** The two source pixels on either side of a target pixel's centre: OpenCV's INTER_LINEAR. */
function linearShares(sourceSize: number, targetSize: number): Shares {
  const scale = sourceSize / targetSize;
  const starts: number[] = [];
  const weights: number[][] = [];
  for (let target = 0; target < targetSize; target++) {
    const centre = Math.min(Math.max((target + 0.5) * scale - 0.5, 0), sourceSize - 1);
    const first = Math.min(Math.floor(centre), Math.max(0, sourceSize - 2));
    starts.push(first);
    weights.push(sourceSize === 1 ? [1] : [1 - (centre - first), centre - first]);
  }
  return { starts, weights };
}

/** Columns first, row by row as they come; then each row goes into the target rows that it has a share in. */
function resample(source: PixelSource, columns: Shares, rows: Shares): Float32Array {
  const width = columns.starts.length;
  const sums = new Float32Array(rows.starts.length * width * CHANNELS);
  const narrow = new Float32Array(width * CHANNELS);
  let firstTarget = 0;
  for (let y0 = 0; y0 < source.height; y0 += STRIP_ROWS) {
    const y1 = Math.min(y0 + STRIP_ROWS, source.height);
    const strip = source.rows(y0, y1);
    for (let y = y0; y < y1; y++) {
      narrowRow(strip, (y - y0) * source.width * 4, columns, narrow);
      while (endOf(rows, firstTarget) <= y) firstTarget++;
      for (let target = firstTarget; (rows.starts[target] ?? source.height) <= y; target++) {
        const weight = rows.weights[target]?.[y - (rows.starts[target] as number)];
        if (weight !== undefined) addRow(sums, target * narrow.length, narrow, weight);
      }
    }
  }
  return planar(sums, width, rows.starts.length);
}

function endOf({ starts, weights }: Shares, target: number): number {
  const start = starts[target];
  return start === undefined ? Number.POSITIVE_INFINITY : start + (weights[target]?.length ?? 0);
}

function narrowRow(strip: Uint8ClampedArray, offset: number, { starts, weights }: Shares, narrow: Float32Array): void {
  for (let x = 0; x < starts.length; x++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let at = offset + (starts[x] as number) * 4;
    for (const weight of weights[x] as number[]) {
      red += (strip[at] as number) * weight;
      green += (strip[at + 1] as number) * weight;
      blue += (strip[at + 2] as number) * weight;
      at += 4;
    }
    narrow[x * CHANNELS] = red;
    narrow[x * CHANNELS + 1] = green;
    narrow[x * CHANNELS + 2] = blue;
  }
}

function addRow(sums: Float32Array, offset: number, row: Float32Array, weight: number): void {
  for (let i = 0; i < row.length; i++) sums[offset + i] = (sums[offset + i] as number) + (row[i] as number) * weight;
}

/** To whole greys, as an 8-bit picture has them, then to 0-1 and channel by channel. */
function planar(sums: Float32Array, width: number, height: number): Float32Array {
  const size = width * height;
  const pixels = new Float32Array(CHANNELS * size);
  for (let i = 0; i < size; i++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      pixels[channel * size + i] = roundHalfToEven(sums[i * CHANNELS + channel] as number) / 255;
    }
  }
  return pixels;
}

/** Python's and OpenCV's rounding. */
function roundHalfToEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
