/** Where on the screen something is being edited. */
import { type Instance, shapeBox } from "../editor/instance.ts";
import { bitmapBox } from "../geometry/bitmap.ts";
import { boxOfPoints, EMPTY_BOX, growBox, isEmptyBox, uniteBoxes } from "../geometry/box.ts";
import type { Box } from "../geometry/types.ts";
import { type ActiveScene, hoveredOf, selectedOf } from "./activeLayer.ts";
import { SMART_RIM } from "./smartDraft.ts";
import { toScreen, type View } from "./view.ts";

/** Screen pixels that lines and handles reach beyond the points that they are drawn at. */
const REACH = 8;

/** Holds all that `drawActive` draws, in screen pixels; empty where it draws nothing. */
export function activeBox({ editor, view, pending }: Pick<ActiveScene, "editor" | "view" | "pending">): Box {
  const shapes = [hoveredOf(editor), selectedOf(editor), ...pending].map((instance) => instanceBox(instance, view));
  return [...shapes, draftBox(editor.tool.draft, view), cursorBox(editor.tool.cursor, view)].reduce(
    uniteBoxes,
    EMPTY_BOX,
  );
}

type Tool = ActiveScene["editor"]["tool"];

function draftBox(draft: Tool["draft"], view: View): Box {
  switch (draft.kind) {
    case "ring": {
      const points = [...draft.points, ...draft.follows, ...(draft.cursor ? [draft.cursor] : [])];
      return points.length > 0 ? onScreen(boxOfPoints(points), view) : EMPTY_BOX;
    }
    case "stroke": {
      const box = bitmapBox(draft.bitmap);
      return isEmptyBox(box) ? EMPTY_BOX : onScreen(box, view);
    }
    case "marquee":
      return onScreen(draft.box, view);
    case "smart": {
      const strokes = draft.strokes.map(({ points, radius }) => {
        const line = onScreen(boxOfPoints(points), view);
        return growBox(line, radius * view.scale + SMART_RIM);
      });
      const box = draft.box ? onScreen(draft.box, view) : EMPTY_BOX;
      return [box, instanceBox(draft.preview ?? undefined, view), ...strokes].reduce(uniteBoxes, EMPTY_BOX);
    }
    case "instance": // stands in for the selected one
    case "none":
      return EMPTY_BOX;
  }
}

function cursorBox(cursor: Tool["cursor"], view: View): Box {
  if (!cursor) return EMPTY_BOX;
  const [x, y] = toScreen(view, cursor.at);
  return growBox({ x0: x, y0: y, x1: x, y1: y }, cursor.radius * view.scale + REACH);
}

function instanceBox(instance: Instance | undefined, view: View): Box {
  return instance ? onScreen(shapeBox(instance.shape), view) : EMPTY_BOX;
}

/** A box of the image with the lines around it; a lone point has some, too. */
function onScreen(box: Box, view: View): Box {
  const [x0, y0] = toScreen(view, [box.x0, box.y0]);
  const [x1, y1] = toScreen(view, [box.x1, box.y1]);
  return growBox({ x0, y0, x1, y1 }, REACH);
}
