import { describe, expect, test } from "vitest";
import { emptyBitmap, packMask } from "../geometry/bitmap.ts";
import { pointCount, polygonsArea } from "../geometry/measure.ts";
import type { Box, Point } from "../geometry/types.ts";
import { reorder } from "./actions.ts";
import type { Editor } from "./editor.ts";
import { drag, instanceOf, key, makeEditor, polygonOf, SQUARE } from "./editorTesting.ts";
import { type Shape, shapeArea, shapeMask } from "./instance.ts";
import type { Conversion } from "./ports.ts";
import { addRing, faithfulPolygons, paintedMask } from "./shaping.ts";

function boxMask(box: Box, without: readonly Point[] = []): Shape {
  const bitmap = emptyBitmap(box);
  bitmap.data.fill(1);
  for (const [x, y] of without) bitmap.data[(y - box.y0) * bitmap.width + x - box.x0] = 0;
  return { kind: "mask", mask: packMask(bitmap) };
}

function ring(...points: Point[]): Point[] {
  return points;
}

function selecting(...shapes: Shape[]): Editor {
  const editor = makeEditor(shapes.map((shape, i) => instanceOf("abc"[i] ?? "", shape)));
  editor.select("a");
  return editor;
}

test("a ring that crosses itself is an object, one on a line is none", () => {
  const editor = makeEditor();
  addRing(editor, "object", ring([20, 20], [60, 60], [60, 20], [20, 60]));
  addRing(editor, "object", ring([20, 20], [40, 40], [60, 60]));
  const areas = editor.document.instances.map(({ shape }) => shapeMask(shape, editor.document.image).area);
  expect(areas).toEqual([800]);
});

describe("parts and holes", () => {
  test("a part across the border joins the polygon it meets", () => {
    const editor = selecting(SQUARE);
    addRing(editor, "part", ring([50, 30], [70, 30], [70, 40], [50, 40]));
    const shape = editor.selected?.shape;
    expect(shape?.kind === "polygons" && shape.polygons.length).toBe(1);
    expect(shape && shapeArea(shape)).toBe(1600 + 100);
  });

  test("a hole across the border is cut off, and one through the whole cuts it in two", () => {
    const editor = selecting(SQUARE);
    addRing(editor, "hole", ring([50, 30], [70, 30], [70, 40], [50, 40]));
    expect(editor.selected && shapeArea(editor.selected.shape)).toBe(1600 - 100);
    addRing(editor, "hole", ring([10, 45], [70, 45], [70, 50], [10, 50]));
    const shape = editor.selected?.shape;
    expect(shape?.kind === "polygons" && shape.polygons.map((polygon) => polygonsArea([polygon])).sort()).toEqual([
      400, 900,
    ]);
  });

  test("a hole over everything takes the object away, and undo brings it back", () => {
    const editor = selecting(SQUARE);
    addRing(editor, "hole", ring([0, 0], [90, 0], [90, 79], [0, 79]));
    expect(editor.document.instances).toHaveLength(0);
    editor.undo();
    expect(editor.selected?.shape).toBe(SQUARE);
  });
});

describe("joining and cutting", () => {
  test("polygons keep their corners when a bitmap is cut out of them", () => {
    const slanted = polygonOf([20.25, 20], [60, 25.75], [60, 60], [20, 60]);
    const editor = selecting(slanted, boxMask({ x0: 50, y0: 50, x1: 70, y1: 70 }));
    key(editor, "J", { shift: true });
    const shape = editor.selected?.shape;
    const corners = shape?.kind === "polygons" ? shape.polygons.flatMap(({ exterior }) => exterior) : [];
    expect(corners).toHaveLength(6);
    expect(corners).toEqual(
      expect.arrayContaining([
        [20.25, 20],
        [60, 25.75],
        [20, 60],
        [50, 60],
        [50, 50],
        [60, 50],
      ]),
    );
  });

  test("only what meets is joined, not what is merely near", () => {
    const corner = polygonOf([0, 0], [30, 0], [0, 30]);
    const inItsBox = polygonOf([30, 25], [30, 30], [25, 30]);
    const editor = selecting(corner, inItsBox);
    key(editor, "j");
    expect(editor.document.instances).toHaveLength(2);
  });
});

describe("sparing others", () => {
  test("a stroke spares them, and leaves what overlapped before", () => {
    const [own, other] = [boxMask({ x0: 20, y0: 20, x1: 40, y1: 40 }), boxMask({ x0: 30, y0: 20, x1: 60, y1: 40 })];
    const editor = selecting(own, other);
    editor.change({ protectOthers: true });
    const bitmap = emptyBitmap({ x0: 20, y0: 20, x1: 70, y1: 40 });
    bitmap.data.fill(1);
    expect(paintedMask(editor, editor.selected, bitmap).area).toBe(20 * 20 + 10 * 20);
    editor.setHidden(["b"]);
    expect(paintedMask(editor, editor.selected, bitmap).area).toBe(50 * 20);
  });

  test("erasing takes only what the eraser passed over", () => {
    const editor = selecting(boxMask({ x0: 20, y0: 20, x1: 40, y1: 40 }), boxMask({ x0: 30, y0: 20, x1: 60, y1: 40 }));
    reorder(editor, "a", 1);
    editor.change({ protectOthers: true, brushShape: "square", brushRadius: 2 });
    editor.takeTool("eraser");
    drag(editor, [
      [22, 22],
      [22, 22],
    ]);
    expect(editor.selected && shapeArea(editor.selected.shape)).toBe(400 - 16);
  });
});

describe("bitmap to polygon", () => {
  test("keeps a hole of one pixel, and covers the same pixels but for a hundredth", () => {
    const editor = selecting(boxMask({ x0: 2, y0: 2, x1: 9, y1: 9 }, [[5, 5]]));
    key(editor, "c");
    const shape = editor.selected?.shape;
    expect(shape?.kind === "polygons" && shape.polygons.map(({ holes }) => holes.length)).toEqual([1]);
    key(editor, "c");
    expect(editor.selected && shapeArea(editor.selected.shape)).toBe(48);
  });
});

test("a slanted edge comes back from pixels as one line, not as their stairs", () => {
  const image = { width: 600, height: 500 };
  const slanted = polygonOf([20, 20], [580, 20], [580, 480]);
  const { polygons } = faithfulPolygons(shapeMask(slanted, image), image);
  expect(pointCount(polygons)).toBeLessThanOrEqual(8);
});

test("what a conversion keeps is told: a bitmap has the polygon's very pixels, polygons nearly the bitmap's", () => {
  const told: Conversion[] = [];
  const round = polygonOf(
    ...Array.from(
      { length: 40 },
      (_, i): Point => [50 + 30 * Math.cos((i * Math.PI) / 20), 40 + 30 * Math.sin((i * Math.PI) / 20)],
    ),
  );
  const editor = makeEditor([instanceOf("a", round)], { onConverted: (conversion) => told.push(conversion) });
  editor.select("a");
  key(editor, "c");
  key(editor, "c");
  const [bitmap, polygons] = told;
  expect([bitmap?.shape.kind, bitmap?.iou]).toEqual(["mask", 1]);
  expect(polygons?.shape).toBe(editor.selected?.shape);
  expect(polygons?.iou).toBeGreaterThanOrEqual(0.99);
  expect(polygons?.iou).toBeLessThan(1);
});
