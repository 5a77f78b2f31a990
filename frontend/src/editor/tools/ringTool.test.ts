import { describe, expect, test } from "vitest";
import type { Point, Polygon } from "../../geometry/types.ts";
import { click, drag, instanceOf, key, makeEditor, pointer, SQUARE } from "../editorTesting.ts";
import type { Instance } from "../instance.ts";

function polygonsOf(instance: Instance | undefined): readonly Polygon[] {
  return instance?.shape.kind === "polygons" ? instance.shape.polygons : [];
}

const TRIANGLE: Point[] = [
  [30, 30],
  [40, 30],
  [40, 40],
];

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

  test("N closes what is in hand, and starts the next object", () => {
    const editor = makeEditor();
    key(editor, "n");
    for (let times = 0; times < 2; times++) {
      for (const at of TRIANGLE) click(editor, at);
      key(editor, "n");
    }
    expect(editor.document.instances).toHaveLength(2);
    expect([editor.tool.name, editor.tool.state, editor.selected]).toEqual(["polygon", "idle", undefined]);
  });

  test("corners that were in hand when another tool was taken come back by undo, for what they were drawn", () => {
    for (const [begins, slip] of [
      ["h", "r"],
      ["g", "b"],
      ["s", "v"],
    ] as const) {
      const editor = makeEditor([instanceOf("a", SQUARE)]);
      editor.select("a");
      if (begins === "s") key(editor, "b");
      key(editor, begins);
      for (const at of TRIANGLE) click(editor, at);
      const { mode } = editor;
      key(editor, slip);
      expect([editor.tool.draft.kind, editor.canUndo]).toEqual(["none", true]);
      key(editor, "z", { ctrl: true });
      expect([editor.tool.name, editor.mode, editor.selectedId]).toEqual(["polygon", mode, "a"]);
      expect(editor.tool.draft).toMatchObject({
        kind: "ring",
        purpose: begins === "h" ? "hole" : "part",
        points: TRIANGLE,
      });
      key(editor, "Escape");
      expect(editor.canUndo).toBe(false);
    }
  });

  test("corners left behind are forgotten with the next change", () => {
    const editor = makeEditor();
    key(editor, "n");
    for (const at of TRIANGLE) click(editor, at);
    key(editor, "r");
    drag(editor, [
      [30, 30],
      [50, 50],
    ]);
    key(editor, "z", { ctrl: true });
    expect([editor.document.instances, editor.tool.draft.kind, editor.canUndo]).toEqual([[], "none", false]);
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

  test("a gesture that becomes a zoom leaves the corners as they were before it", () => {
    const editor = makeEditor();
    key(editor, "n");
    for (const at of TRIANGLE) click(editor, at);
    key(editor, "Backspace");
    for (const path of [
      [[10, 10]],
      [
        [10, 10],
        [14, 10],
      ],
    ] as Point[][]) {
      const [from, ...moves] = path;
      pointer(editor, "pointerdown", from as Point);
      for (const at of moves) pointer(editor, "pointermove", at);
      editor.dispatch({ kind: "pointercancel" });
      expect(editor.tool.draft).toMatchObject({ points: TRIANGLE.slice(0, 2) });
    }
    key(editor, "z", { ctrl: true, shift: true });
    expect(editor.tool.draft).toMatchObject({ points: TRIANGLE });
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

  test("undo in mid-trace takes the trace back: two points do not close", () => {
    const editor = makeEditor();
    key(editor, "n");
    click(editor, [10, 10]);
    click(editor, [30, 10]);
    pointer(editor, "pointerdown", [30, 30]);
    for (const x of [29, 27, 25]) pointer(editor, "pointermove", [x, 30]);
    key(editor, "z", { ctrl: true });
    pointer(editor, "pointerup", [25, 30]);
    expect(click(editor, [10, 10])).toEqual(["drawing", "pointing", "drawing"]);
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

  test("with nothing selected H does nothing and G draws an object", () => {
    const editor = makeEditor();
    key(editor, "h");
    expect(editor.tool.name).toBe("edit");
    key(editor, "g");
    for (const at of [
      [1, 1],
      [9, 1],
      [9, 9],
    ] as Point[])
      click(editor, at);
    key(editor, "Enter");
    expect(editor.document.instances).toHaveLength(1);
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

  test("a box without a label asks for one before it is drawn, not after", () => {
    const asked: string[] = [];
    const editor = makeEditor([], { request: (action) => asked.push(action) });
    editor.setActiveLabel(null);
    key(editor, "r");
    expect(pointer(editor, "pointerdown", [10, 10])).toBe("idle");
    expect(asked).toEqual(["labelNeeded"]);
  });
});
