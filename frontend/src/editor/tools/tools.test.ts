import { describe, expect, test } from "vitest";
import { packMask } from "../../geometry/bitmap.ts";
import type { Point, Polygon } from "../../geometry/types.ts";
import { click, drag, instanceOf, key, makeEditor, pointer, polygonOf, SQUARE } from "../editorTesting.ts";
import type { Instance } from "../instance.ts";

function polygonsOf(instance: Instance | undefined): readonly Polygon[] {
  return instance?.shape.kind === "polygons" ? instance.shape.polygons : [];
}

function areaOf(instance: Instance | undefined): number {
  return instance?.shape.kind === "mask" ? instance.shape.mask.area : -1;
}

describe("polygon", () => {
  test("click adds, a click on the first point closes", () => {
    const editor = makeEditor();
    key(editor, "n");
    const states = [
      click(editor, [10, 10]),
      click(editor, [40, 10]),
      click(editor, [40, 40]),
      click(editor, [10.5, 10]),
    ].flat();
    expect(states).toEqual([
      ...["idle", "pointing", "drawing"],
      ...["drawing", "pointing", "drawing"],
      ...["drawing", "pointing", "drawing"],
      ...["drawing", "closing", "idle"],
    ]);
    expect(polygonsOf(editor.selected)[0]?.exterior).toEqual([
      [10, 10],
      [40, 10],
      [40, 40],
    ]);
    expect(editor.tool.name).toBe("edit");
  });

  test("a double click closes and leaves one point where it fell", () => {
    const editor = makeEditor();
    key(editor, "n");
    for (const at of [
      [10, 10],
      [40, 10],
      [40, 40],
      [40, 40.2],
    ] as Point[])
      click(editor, at);
    editor.dispatch({ kind: "doubleclick", x: 40, y: 40, pixelSize: 0.25 });
    expect(polygonsOf(editor.selected)[0]?.exterior).toHaveLength(3);
  });

  test("Enter closes what is in hand, and starts an object with nothing in hand", () => {
    const editor = makeEditor();
    key(editor, "Enter");
    for (const at of [
      [1, 1],
      [9, 1],
      [9, 9],
    ] as Point[])
      click(editor, at);
    key(editor, "Enter");
    expect(editor.document.instances).toHaveLength(1);
    expect(editor.tool.name).toBe("edit");
    key(editor, "Enter");
    expect(editor.tool.name).toBe("polygon");
    expect(editor.selected).toBeUndefined();
  });

  test("Backspace and undo take back a point, redo puts it back, Esc drops all", () => {
    const editor = makeEditor();
    key(editor, "n");
    for (const at of [
      [1, 1],
      [20, 1],
      [20, 20],
    ] as Point[])
      click(editor, at);
    key(editor, "Backspace");
    key(editor, "z", { ctrl: true });
    expect(editor.tool.draft).toMatchObject({ points: [[1, 1]] });
    key(editor, "z", { ctrl: true, shift: true });
    expect(editor.tool.draft).toMatchObject({
      points: [
        [1, 1],
        [20, 1],
      ],
    });
    key(editor, "Escape");
    expect([editor.tool.draft.kind, editor.tool.state]).toEqual(["none", "idle"]);
  });

  test("a drag traces freehand, simplified, and closes where it began", () => {
    const editor = makeEditor();
    key(editor, "n");
    const line: Point[] = Array.from({ length: 21 }, (_, i) => [10 + i, 10]);
    const states = drag(editor, [...line, [30, 30], [10, 30], [10, 10.5]]);
    expect(states.slice(0, 3)).toEqual(["pointing", "pointing", "dragging"]);
    expect(polygonsOf(editor.selected)[0]?.exterior).toEqual([
      [10, 10],
      [30, 10],
      [30, 30],
      [10, 30],
    ]);
  });

  test("points stay on the image", () => {
    const editor = makeEditor();
    key(editor, "n");
    for (const at of [
      [-5, -5],
      [200, 0],
      [50, 300],
    ] as Point[])
      click(editor, at);
    key(editor, "Enter");
    expect(polygonsOf(editor.selected)[0]?.exterior).toEqual([
      [0, 0],
      [100, 0],
      [50, 80],
    ]);
  });

  test("G adds a part and H a hole to the selected object", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    key(editor, "h");
    for (const at of [
      [30, 30],
      [40, 30],
      [40, 40],
    ] as Point[])
      click(editor, at);
    key(editor, "Enter");
    key(editor, "g");
    for (const at of [
      [70, 70],
      [80, 70],
      [80, 80],
    ] as Point[])
      click(editor, at);
    key(editor, "Enter");
    expect(editor.document.instances).toHaveLength(1);
    expect(polygonsOf(editor.selected).map((polygon) => polygon.holes.length)).toEqual([1, 0]);
  });

  test("a hole wholly outside the object changes nothing", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    key(editor, "h");
    for (const at of [
      [80, 1],
      [90, 1],
      [90, 9],
    ] as Point[])
      click(editor, at);
    key(editor, "Enter");
    expect(editor.document.get("a")?.shape).toBe(SQUARE);
    expect(editor.history.canUndo).toBe(false);
  });

  test("without a label it asks for one, keeps the points, and is closed when there is one", () => {
    const asked: string[] = [];
    const editor = makeEditor([], { request: (action) => asked.push(action) });
    editor.setActiveLabel(null);
    key(editor, "n");
    for (const at of [
      [1, 1],
      [9, 1],
      [9, 9],
    ] as Point[])
      click(editor, at);
    key(editor, "Enter");
    expect(asked).toEqual(["labelNeeded"]);
    expect(editor.tool.draft).toMatchObject({ kind: "ring" });
    editor.setActiveLabel("date");
    expect(editor.selected?.label).toBe("date");
  });

  test("with snapping on, a point goes to a neighbour's corner, else to its border", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.change({ snaps: true });
    key(editor, "n");
    click(editor, [61, 21]);
    click(editor, [61, 40]);
    expect(editor.tool.draft).toMatchObject({
      points: [
        [60, 20],
        [60, 40],
      ],
    });
  });

  test("box and ellipse by one drag", () => {
    const editor = makeEditor();
    key(editor, "r");
    expect(
      drag(editor, [
        [10, 10],
        [10.2, 10],
        [30, 20],
      ]),
    ).toEqual(["pointing", "pointing", "dragging", "idle"]);
    expect(polygonsOf(editor.selected)[0]?.exterior).toHaveLength(4);
    key(editor, "o");
    drag(
      editor,
      [
        [40, 40],
        [60, 55],
      ],
      { shift: true },
    );
    expect(polygonsOf(editor.selected)[0]?.exterior[0]).toEqual([55, 47.5]);
  });
});

describe("edit", () => {
  test("a click selects, a click on nothing lets go", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    expect(click(editor, [30, 30])).toEqual(["idle", "pointing", "idle"]);
    expect(editor.selectedId).toBe("a");
    click(editor, [90, 5]);
    expect(editor.selectedId).toBeNull();
  });

  test("a corner is dragged", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    expect(
      drag(editor, [
        [20, 20],
        [20.5, 20],
        [25, 26],
      ]),
    ).toEqual(["pointing", "pointing", "dragging", "idle"]);
    expect(polygonsOf(editor.selected)[0]?.exterior[0]).toEqual([25, 26]);
  });

  test("the handle in the middle of an edge makes a corner", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    drag(editor, [
      [40, 20],
      [40, 10],
    ]);
    expect(polygonsOf(editor.selected)[0]?.exterior[1]).toEqual([40, 10]);
    expect(polygonsOf(editor.selected)[0]?.exterior).toHaveLength(5);
  });

  test("a double click on an edge makes a corner there", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    editor.dispatch({ kind: "doubleclick", x: 30, y: 20.5, pixelSize: 0.25 });
    expect(polygonsOf(editor.selected)[0]?.exterior[1]).toEqual([30, 20]);
  });

  test("several corners are chosen by a marquee, moved and deleted together", () => {
    const editor = makeEditor([instanceOf("a", polygonOf([20, 20], [60, 20], [60, 60], [40, 70], [20, 60]))]);
    editor.select("a");
    drag(editor, [
      [10, 10],
      [70, 30],
    ]);
    expect(editor.selectedVertices).toHaveLength(2);
    drag(editor, [
      [20, 20],
      [22, 15],
    ]);
    expect(polygonsOf(editor.selected)[0]?.exterior.slice(0, 2)).toEqual([
      [22, 15],
      [62, 15],
    ]);
    key(editor, "Delete");
    expect(polygonsOf(editor.selected)[0]?.exterior).toHaveLength(3);
  });

  test("Alt and a click on a corner deletes it; the object goes with its last three", () => {
    const editor = makeEditor([instanceOf("a", polygonOf([20, 20], [60, 20], [60, 60]))]);
    editor.select("a");
    click(editor, [60, 20], { alt: true });
    expect(editor.document.instances).toHaveLength(0);
    editor.undo();
    expect(editor.selectedId).toBe("a");
  });

  test("a selected object is dragged, as far as the image reaches", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    drag(editor, [
      [40, 45],
      [0, 50],
    ]);
    expect(polygonsOf(editor.selected)[0]?.exterior[0]).toEqual([0, 25]);
  });

  test("an object that is not selected yet, or is locked, stays where it is", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    drag(editor, [
      [40, 45],
      [50, 50],
    ]);
    editor.select("a");
    editor.setLocked(["a"]);
    drag(editor, [
      [40, 45],
      [50, 50],
    ]);
    drag(editor, [
      [20, 20],
      [30, 30],
    ]);
    key(editor, "Delete");
    expect(editor.document.get("a")?.shape).toBe(SQUARE);
  });

  test("Esc in mid-drag puts the corner back", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    pointer(editor, "pointerdown", [20, 20]);
    pointer(editor, "pointermove", [30, 30]);
    key(editor, "Escape");
    expect([editor.tool.state, editor.tool.draft.kind]).toEqual(["idle", "none"]);
    pointer(editor, "pointerup", [30, 30]);
    expect(editor.document.get("a")?.shape).toBe(SQUARE);
  });
});

describe("bitmap", () => {
  function paint(path: Point[], radius = 1.5) {
    const editor = makeEditor();
    key(editor, "b");
    editor.change({ brushRadius: radius });
    const states = drag(editor, path);
    return { editor, states };
  }

  test("a stroke with nothing selected makes an object", () => {
    const { editor, states } = paint([
      [10.5, 10.5],
      [14.5, 10.5],
    ]);
    expect(states).toEqual(["dragging", "dragging", "idle"]);
    expect(areaOf(editor.selected)).toBe(7 * 3);
  });

  test("the next stroke adds to it, the eraser (R) takes away, and with the last pixel it goes", () => {
    const { editor } = paint([[10.5, 10.5]]);
    drag(editor, [[20.5, 10.5]]);
    expect(editor.document.instances).toHaveLength(1);
    expect(areaOf(editor.selected)).toBe(18);
    key(editor, "r");
    expect(editor.tool.name).toBe("eraser");
    drag(editor, [[20.5, 10.5]]);
    expect(areaOf(editor.selected)).toBe(9);
    drag(editor, [[10.5, 10.5]]);
    expect(editor.document.instances).toHaveLength(0);
  });

  test("N starts another object", () => {
    const { editor } = paint([[10.5, 10.5]]);
    key(editor, "n");
    drag(editor, [[20.5, 10.5]]);
    expect(editor.document.instances).toHaveLength(2);
  });

  test("brackets change the size, E draws", () => {
    const { editor } = paint([[10.5, 10.5]], 10);
    key(editor, "]");
    expect(editor.settings.brushRadius).toBe(12);
    key(editor, "[");
    expect(editor.settings.brushRadius).toBe(10);
    key(editor, "r");
    key(editor, "e");
    expect(editor.tool.name).toBe("brush");
  });

  test("painting on a polygon turns it into a bitmap, holes kept", () => {
    const donut = {
      kind: "polygons" as const,
      polygons: [
        {
          exterior: [
            [20, 20],
            [40, 20],
            [40, 40],
            [20, 40],
          ] as Point[],
          holes: [
            [
              [25, 25],
              [35, 25],
              [35, 35],
              [25, 35],
            ] as Point[],
          ],
        },
      ],
    };
    const editor = makeEditor([instanceOf("a", donut)]);
    editor.select("a");
    key(editor, "b");
    editor.change({ brushRadius: 0.5 });
    drag(editor, [[30.5, 30.5]]);
    expect(areaOf(editor.document.get("a"))).toBe(400 - 100 + 1);
  });

  test("spares other objects where it is told to", () => {
    const editor = makeEditor([instanceOf("a", SQUARE, "date")]);
    key(editor, "b");
    editor.change({ brushRadius: 2, protectOthers: true });
    drag(editor, [
      [10, 40],
      [30, 40],
    ]);
    const { shape } = editor.selected as Instance;
    expect(shape.kind === "mask" && shape.mask.x + shape.mask.width).toBe(20);
  });

  test("G fills a gap that the object shuts in", () => {
    const ring = packMask({ x: 10, y: 10, width: 3, height: 3, data: Uint8Array.from([1, 1, 1, 1, 0, 1, 1, 1, 1]) });
    const editor = makeEditor([instanceOf("a", { kind: "mask", mask: ring })]);
    editor.select("a");
    key(editor, "b");
    key(editor, "g");
    expect(click(editor, [11.5, 11.5])).toEqual(["idle", "pointing", "idle"]);
    expect(areaOf(editor.selected)).toBe(9);
  });

  test("G fills pixels of a like colour where nothing shuts them in", () => {
    const rgba = new Uint8ClampedArray(4 * 4 * 4);
    rgba.fill(200, 0, 4 * 4 * 2);
    const frame = { x0: 0, y0: 0, x1: 4, y1: 4 };
    const editor = makeEditor([], { readPixels: () => ({ rgba, frame }) });
    key(editor, "b");
    key(editor, "g");
    click(editor, [1.5, 1.5]);
    expect(areaOf(editor.selected)).toBe(8);
  });

  test("S and H: a lasso adds to the bitmap or cuts from it, and the brush comes back", () => {
    const { editor } = paint([[10.5, 10.5]]);
    key(editor, "s");
    for (const at of [
      [20, 20],
      [30, 20],
      [30, 30],
      [20, 30],
    ] as Point[])
      click(editor, at);
    key(editor, "Enter");
    expect([areaOf(editor.selected), editor.mode, editor.tool.name]).toEqual([109, "bitmap", "brush"]);
    key(editor, "h");
    for (const at of [
      [20, 20],
      [25, 20],
      [25, 30],
      [20, 30],
    ] as Point[])
      click(editor, at);
    key(editor, "Enter");
    expect(areaOf(editor.selected)).toBe(59);
  });

  test("a cancelled stroke leaves nothing", () => {
    const editor = makeEditor();
    key(editor, "b");
    pointer(editor, "pointerdown", [10, 10]);
    editor.dispatch({ kind: "pointercancel" });
    pointer(editor, "pointerup", [10, 10]);
    expect(editor.document.instances).toHaveLength(0);
  });
});
