import { describe, expect, test } from "vitest";
import type { Point, Polygon } from "../../geometry/types.ts";
import { click, drag, IMAGE, instanceOf, key, makeEditor, pointer, polygonOf, SQUARE } from "../editorTesting.ts";
import { type Instance, shapeMask } from "../instance.ts";

function polygonsOf(instance: Instance | undefined): readonly Polygon[] {
  return instance?.shape.kind === "polygons" ? instance.shape.polygons : [];
}

describe("edit", () => {
  test("a click selects, a click on nothing lets go", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    expect(click(editor, [30, 30])).toEqual(["idle", "pointing", "idle"]);
    expect(editor.selectedId).toBe("a");
    click(editor, [90, 5]);
    expect(editor.selectedId).toBeNull();
  });

  describe("where objects lie over each other", () => {
    const SMALL = polygonOf([36, 36], [46, 36], [46, 46], [36, 46]);
    const stacked = () => makeEditor(["low", "mid", "top"].map((id) => instanceOf(id, id === "mid" ? SMALL : SQUARE)));

    test("each more click in one place selects the next one beneath, and in another place the topmost", () => {
      const editor = stacked();
      const picked = [40, 40, 40.5, 40, 44].map((x) => {
        click(editor, [x, 40]);
        return editor.selectedId;
      });
      expect(picked).toEqual(["top", "mid", "low", "top", "top"]);
    });

    test("a drag moves the selected one, whatever lies on it", () => {
      const editor = stacked();
      editor.select("mid");
      drag(editor, [
        [41, 42],
        [51, 42],
      ]);
      expect(polygonsOf(editor.document.get("mid"))[0]?.exterior[0]).toEqual([46, 36]);
      expect(editor.selectedId).toBe("mid");
    });

    test.each([
      ["that its first click selected", 2, ["mask", "mask", "polygons"]],
      ["that a click had selected before", 3, ["mask", "mask", "polygons"]],
      ["that two clicks had reached before", 4, ["mask", "polygons", "mask"]],
    ])("a double click is meant for the one %s", (_, clicks, kinds) => {
      const mask = shapeMask(SQUARE, IMAGE);
      const editor = makeEditor(["low", "mid", "top"].map((id) => instanceOf(id, { kind: "mask", mask })));
      for (let times = 0; times < clicks; times++) click(editor, [40, 40]);
      editor.dispatch({ kind: "doubleclick", x: 40, y: 40, pixelSize: 0.25 });
      expect(editor.document.instances.map(({ shape }) => shape.kind)).toEqual(kinds);
    });
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

  test("Esc and undo end a drag and leave all as it was, whatever is let go then", () => {
    for (const [name, modifiers] of [["Escape"], ["z", { ctrl: true }]] as const) {
      const editor = makeEditor([instanceOf("a", SQUARE)]);
      editor.select("a");
      pointer(editor, "pointerdown", [40, 20]);
      pointer(editor, "pointermove", [40, 10]);
      key(editor, name, modifiers);
      pointer(editor, "pointerup", [40, 10]);
      expect(editor.selected?.shape).toBe(SQUARE);
      expect([editor.tool.draft.kind, editor.history.canUndo]).toEqual(["none", false]);
    }
  });

  test("an object deleted while it is dragged is gone, and comes back where it was", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    pointer(editor, "pointerdown", [40, 40]);
    pointer(editor, "pointermove", [45, 40]);
    key(editor, "Delete");
    expect([editor.document.instances, editor.tool.draft.kind]).toEqual([[], "none"]);
    pointer(editor, "pointerup", [45, 40]);
    editor.undo();
    expect(editor.document.get("a")?.shape).toBe(SQUARE);
  });

  test("a click with Alt deletes a corner and chooses no other", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    click(editor, [60, 20], { alt: true });
    expect(polygonsOf(editor.selected)[0]?.exterior).toHaveLength(3);
    expect(editor.selectedVertices).toEqual([]);
  });

  test("what someone else made of an object while it was dragged stays, with none of the old corners chosen", () => {
    const theirs = polygonOf([30, 30], [50, 30], [50, 50]);
    for (const path of [
      [[20, 60]],
      [
        [20, 60],
        [10, 70],
      ],
      [[40, 20]],
      [
        [40, 40],
        [45, 40],
      ],
    ] as Point[][]) {
      const editor = makeEditor([instanceOf("a", SQUARE)]);
      editor.select("a");
      const [from, ...rest] = path;
      pointer(editor, "pointerdown", from as Point);
      for (const at of rest) pointer(editor, "pointermove", at);
      editor.takeIn([editor.document.replace(instanceOf("a", theirs))]);
      pointer(editor, "pointerup", path.at(-1) as Point);
      expect(editor.document.get("a")?.shape).toBe(theirs);
      expect(editor.selectedVertices).toEqual([]);
    }
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
