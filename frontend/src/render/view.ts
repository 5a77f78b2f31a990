/** How the image lies on the screen: screen = image × scale + (x, y), in CSS pixels. */
import { intersectBoxes, isEmptyBox } from "../geometry/box.ts";
import type { Box, Point, Size } from "../geometry/types.ts";

export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** At 64 a pixel is as large as a thumb; below 0.02 a 6000-pixel image is a stamp. */
export const SCALE = { least: 0.02, most: 64 } as const;

/** Screen pixels left free around a fitted image; at the foot lie the bars. */
const FIT_MARGIN = { side: 16, top: 16, foot: 64 } as const;

export function fitView(image: Size, screen: Size): View {
  const width = Math.max(1, screen.width - 2 * FIT_MARGIN.side);
  const height = Math.max(1, screen.height - FIT_MARGIN.top - FIT_MARGIN.foot);
  const scale = clampScale(Math.min(width / image.width, height / image.height));
  const view = centred(image, screen, scale);
  // lifted off the bars, no more than it must be
  const lift = Math.max(0, view.y + image.height * scale - (screen.height - FIT_MARGIN.foot));
  return { ...view, y: view.y - lift };
}

export function sameView(a: View, b: View): boolean {
  return a.scale === b.scale && a.x === b.x && a.y === b.y;
}

export function centred(image: Size, screen: Size, scale: number): View {
  return { scale, x: (screen.width - image.width * scale) / 2, y: (screen.height - image.height * scale) / 2 };
}

/** Zooms so that what lies under a screen point stays under it. */
export function zoomedAt(view: View, [x, y]: Point, factor: number): View {
  const scale = clampScale(view.scale * factor);
  const by = scale / view.scale;
  return { scale, x: x - (x - view.x) * by, y: y - (y - view.y) * by };
}

/** Shows a box that is hardly in sight, in the middle: at this zoom where it fits, else at the one where it does. */
export function revealing(view: View, box: Box, screen: Size): View {
  if (isInSight(view, box, screen)) return view;
  const room = { width: screen.width - 2 * FIT_MARGIN.side, height: screen.height - FIT_MARGIN.top - FIT_MARGIN.foot };
  const fitting = Math.min(room.width / (box.x1 - box.x0), room.height / (box.y1 - box.y0));
  const scale = clampScale(Math.min(view.scale, fitting));
  const middle: Point = [FIT_MARGIN.side + room.width / 2, FIT_MARGIN.top + room.height / 2];
  return {
    scale,
    x: middle[0] - ((box.x0 + box.x1) / 2) * scale,
    y: middle[1] - ((box.y0 + box.y1) / 2) * scale,
  };
}

/** At least half of the box is seen, or it fills at least half of the screen. */
function isInSight(view: View, box: Box, screen: Size): boolean {
  const seen = seenBox(view, screen);
  const shared = intersectBoxes(box, seen);
  const area = ({ x0, y0, x1, y1 }: Box) => (x1 - x0) * (y1 - y0);
  return !isEmptyBox(shared) && area(shared) >= Math.min(area(box), area(seen)) / 2;
}

/** Moves the image; a strip of it always stays on the screen. */
export function panned(view: View, dx: number, dy: number, image: Size, screen: Size): View {
  const strip = 48;
  const limit = (value: number, extent: number, room: number) =>
    Math.min(Math.max(value, strip - extent * view.scale), room - strip);
  return {
    scale: view.scale,
    x: limit(view.x + dx, image.width, screen.width),
    y: limit(view.y + dy, image.height, screen.height),
  };
}

export function toImage(view: View, [x, y]: Point): Point {
  return [(x - view.x) / view.scale, (y - view.y) / view.scale];
}

export function toScreen(view: View, [x, y]: Point): Point {
  return [x * view.scale + view.x, y * view.scale + view.y];
}

/** The part of the image plane under a screen rectangle grown by a margin. */
export function seenBox(view: View, screen: Size, margin = 0): Box {
  const [x0, y0] = toImage(view, [-margin, -margin]);
  const [x1, y1] = toImage(view, [screen.width + margin, screen.height + margin]);
  return { x0, y0, x1, y1 };
}

function clampScale(scale: number): number {
  return Math.min(SCALE.most, Math.max(SCALE.least, scale));
}
