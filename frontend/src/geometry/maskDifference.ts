/**
 * What lies between two masks, in a few bytes: the places where one changes from outside to inside, less those of the other. A stroke
 * on a large mask touches few of its thousands of runs, so a history of differences is a hundredth of a history of masks.
 */
import { bitmapBox, type Mask } from "./bitmap.ts";
import { uniteBoxes } from "./box.ts";

/** A mask without its runs. */
export type MaskFrame = Omit<Mask, "ends">;

/** The same for both directions: laid over either mask it gives the other. */
export interface MaskDifference {
  readonly frame: Frame;
  /** Places in the frame, row by row, each as its distance from the one before: 7 bits a byte, the low ones first. */
  readonly places: Uint8Array;
}

type Frame = Pick<Mask, "x" | "y" | "width" | "height">;

export function maskFrame({ x, y, width, height, area }: Mask): MaskFrame {
  return { x, y, width, height, area };
}

export function maskDifference(a: Mask, b: Mask): MaskDifference {
  const { x0, y0, x1, y1 } = uniteBoxes(bitmapBox(a), bitmapBox(b));
  const frame = { x: x0, y: y0, width: x1 - x0, height: y1 - y0 };
  if (a === b) return { frame, places: new Uint8Array(0) };
  return { frame, places: packPlaces(changedPlaces(placesIn(frame, a), placesIn(frame, b))) };
}

/** The mask in the other frame, given the one that the difference was taken from. */
export function otherMask(mask: Mask, difference: MaskDifference, other: MaskFrame): Mask {
  const both = difference.frame;
  const places = changedPlaces(placesIn(both, mask), unpackPlaces(difference.places));
  const own = reframed(places, both, other);
  const length = other.width * other.height;
  // the last run ends with the mask, whatever it is
  if (length > 0 && own.at(-1) !== length) own.push(length);
  return { ...other, ends: Uint32Array.from(own) };
}

/** Where the mask begins and ends to be inside, counted through a frame that holds it. */
function placesIn(frame: Frame, mask: Mask): number[] {
  const { ends } = mask;
  const places = Array.from(ends.length % 2 === 0 ? ends : ends.subarray(0, -1));
  return reframed(places, mask, frame);
}

/** The places counted through another frame: runs are cut where rows end, and joined where they go on in the next row. */
function reframed(places: readonly number[], from: Frame, to: Frame): number[] {
  if (from.x === to.x && from.y === to.y && from.width === to.width && from.height === to.height) return [...places];
  const result: number[] = [];
  const shift = (from.y - to.y) * to.width + from.x - to.x;
  for (let i = 0; i < places.length; i += 2) {
    const end = places[i + 1] as number;
    for (let start = places[i] as number; start < end; ) {
      const row = Math.floor(start / from.width);
      const stop = Math.min(end, (row + 1) * from.width);
      const by = shift + row * (to.width - from.width);
      if (result.at(-1) === start + by) result.pop();
      else result.push(start + by);
      result.push(stop + by);
      start = stop;
    }
  }
  return result;
}

/** Places that are in one list and not in both; each list ascends. */
function changedPlaces(a: readonly number[], b: readonly number[]): number[] {
  const changed: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const one = a[i] ?? Number.POSITIVE_INFINITY;
    const two = b[j] ?? Number.POSITIVE_INFINITY;
    if (one !== two) changed.push(Math.min(one, two));
    if (one <= two) i++;
    if (two <= one) j++;
  }
  return changed;
}

function packPlaces(places: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  let last = 0;
  for (const place of places) {
    let rest = place - last;
    last = place;
    while (rest > LOW_BITS) {
      bytes.push((rest & LOW_BITS) | CONTINUES);
      rest >>>= 7;
    }
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

function unpackPlaces(bytes: Uint8Array): number[] {
  const places: number[] = [];
  let last = 0;
  let bits = 0;
  let shift = 0;
  for (const byte of bytes) {
    bits |= (byte & LOW_BITS) << shift;
    shift += 7;
    if (byte & CONTINUES) continue;
    last += bits;
    places.push(last);
    bits = 0;
    shift = 0;
  }
  return places;
}

const LOW_BITS = 0x7f;
const CONTINUES = 0x80;
