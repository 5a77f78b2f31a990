import { describe, expect, test } from "vitest";
import type { Point, Ring } from "../geometry/types.ts";
import type { Editor } from "./editor.ts";
import { click, drag, instanceOf, key, makeEditor, pointer, polygonOf } from "./editorTesting.ts";
import { cornersBetween } from "./snapping.ts";

/** A house: its roof's corners lie between the two walls. */
const HOUSE = polygonOf([20, 60], [20, 30], [40.5, 15.25], [60, 30], [60, 60]);

function drawing(): Editor {
  const editor = makeEditor([instanceOf("a", HOUSE)]);
  key(editor, "t");
  key(editor, "n");
  return editor;
}

function drawn(editor: Editor): Ring {
  const shape = editor.selected?.shape;
  return (shape?.kind === "polygons" && shape.polygons[0]?.exterior) || [];
}

function clickAll(editor: Editor, points: readonly Point[]): void {
  for (const at of points) click(editor, at);
}

describe("a shared border", () => {
  test("is followed the shorter way between two points on it, and shown before the click", () => {
    const editor = drawing();
    click(editor, [20.5, 29.5]);
    pointer(editor, "pointermove", [60.5, 29.5]);
    expect(editor.tool.draft).toMatchObject({ cursor: [60, 30], follows: [[40.5, 15.25]] });
    clickAll(editor, [
      [60.5, 29.5],
      [70, 5],
      [10, 5],
    ]);
    key(editor, "Enter");
    expect(drawn(editor)).toEqual([
      [20, 30],
      [40.5, 15.25],
      [60, 30],
      [70, 5],
      [10, 5],
    ]);
  });

  test("is followed where the ring closes", () => {
    const editor = drawing();
    clickAll(editor, [
      [20, 30],
      [10, 5],
      [70, 5],
      [60, 30],
    ]);
    key(editor, "Enter");
    expect(drawn(editor).at(-1)).toEqual([40.5, 15.25]);
  });

  test("is left by a straight line with Alt, and by a point taken back", () => {
    const editor = drawing();
    click(editor, [20, 30]);
    click(editor, [60, 30], { alt: true });
    expect(editor.tool.draft).toMatchObject({
      points: [
        [20, 30],
        [60, 30],
      ],
    });
    key(editor, "Backspace");
    click(editor, [60, 30]);
    expect(editor.tool.draft).toMatchObject({
      points: [
        [20, 30],
        [60, 30],
      ],
    });
  });

  test("holds what snaps to it exactly, a dragged corner too; Ctrl turns the magnet round", () => {
    const fine = polygonOf([70.123, 10], [90, 10], [90, 30], [70.123, 30]);
    const editor = makeEditor([instanceOf("a", HOUSE), instanceOf("b", fine)]);
    editor.change({ snaps: true });
    editor.select("a");
    const path: Point[] = [
      [60, 30],
      [65, 28],
      [69, 20],
    ];
    drag(editor, path);
    expect(drawn(editor)[3]).toEqual([70.123, 20]);
    editor.undo();
    drag(editor, path, { ctrl: true });
    expect(drawn(editor)[3]).toEqual([69, 20]);
  });

  test("of a hidden object draws nothing to it", () => {
    const editor = drawing();
    editor.setHidden(["a"]);
    click(editor, [20.5, 29.5]);
    expect(editor.tool.draft).toMatchObject({ points: [[20.5, 29.5]] });
  });
});

test("corners between places on one edge are none, round the end they are in order", () => {
  const ring: Ring = [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ];
  const place = (index: number, point: Point) => ({ ring, index, point });
  expect(cornersBetween(place(0, [2, 0]), place(0, [7, 0]))).toEqual([]);
  expect(cornersBetween(place(0, [7, 0]), place(0, [2, 0]))).toEqual([]);
  expect(cornersBetween(place(3, [0, 3]), place(0, [7, 0]))).toEqual([[0, 0]]);
  expect(cornersBetween(place(0, [7, 0]), place(3, [0, 3]))).toEqual([[0, 0]]);
  expect(cornersBetween(place(0, [0, 0]), place(2, [9, 10]))).toEqual([[0, 10]]);
});
