import { describe, expect, test } from "vitest";
import { deleteObjects, paste, reorder, setLabel } from "./actions.ts";
import type { Editor } from "./editor.ts";
import { click, IMAGE, instanceOf, key, makeEditor, pointer, polygonOf, SQUARE } from "./editorTesting.ts";
import { instanceFromJson, instanceToJson, shapeMask } from "./instance.ts";
import { actionFor, DEFAULT_KEYS, keyFor } from "./keys.ts";
import { simplified, simplify } from "./shaping.ts";

const TRIANGLE = polygonOf([1, 1], [15, 1], [1, 15]);

function stored(editor: Editor): string {
  return JSON.stringify(editor.document.instances.map((instance) => instanceToJson(instance, IMAGE)));
}

describe("undo", () => {
  test("reaches at least 500 steps back", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    for (let i = 0; i < 600; i++) key(editor, i % 2 ? "1" : "2");
    let count = 0;
    for (; editor.history.canUndo; count++) editor.undo();
    expect(count).toBeGreaterThanOrEqual(500);
    expect(editor.document.get("a")?.label).toBe("fig");
  });

  test("what others saved meanwhile stays when own work is undone", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    deleteObjects(editor, ["a"]);
    editor.takeIn([editor.document.add(instanceOf("theirs", TRIANGLE))]);
    editor.undo();
    expect(editor.document.instances.map(({ id }) => id).sort()).toEqual(["a", "theirs"]);
  });
});

describe("objects", () => {
  test("an object chosen by a key asks to be shown, one under the pointer does not", () => {
    const editor = makeEditor([instanceOf("a", SQUARE), instanceOf("b", TRIANGLE)]);
    const heard: string[] = [];
    editor.subscribe((aspect) => heard.push(`${aspect} ${editor.selectedId}`));
    click(editor, [30, 30]);
    expect(editor.selectedId).toBe("a");
    expect(heard.some((what) => what.startsWith("chosen"))).toBe(false);
    key(editor, ".");
    expect(heard).toContain("chosen b");
  });

  test("a number gives the label to the selected object and to what is drawn next", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    key(editor, "2");
    expect([editor.document.get("a")?.label, editor.activeLabel]).toEqual(["date", "date"]);
    key(editor, "7");
    expect(editor.activeLabel).toBe("date");
  });

  test("the topmost object is hit; a hidden one is not", () => {
    const editor = makeEditor([instanceOf("a", SQUARE), instanceOf("b", SQUARE)]);
    expect(editor.hitTest([30, 30])?.id).toBe("b");
    editor.setHidden(["b"]);
    expect(editor.hitTest([30, 30])?.id).toBe("a");
    reorder(editor, "a", 1);
    editor.setHidden([]);
    expect(editor.hitTest([30, 30])?.id).toBe("a");
  });

  test("hiding changes nothing that is saved", () => {
    const editor = makeEditor([instanceOf("a", SQUARE), instanceOf("b", TRIANGLE)]);
    const before = stored(editor);
    key(editor, "x");
    expect(editor.hidden.size).toBe(2);
    expect(stored(editor)).toBe(before);
    key(editor, "x");
    expect(editor.hidden.size).toBe(0);
  });

  test("pasted copies have ids of their own and lie aside", () => {
    const editor = makeEditor([instanceOf("a", TRIANGLE)]);
    expect(paste(editor, editor.document.instances)).toBe(1);
    expect(editor.selected?.id).toBe("new-1");
    expect(editor.selected?.shape).toEqual(polygonOf([13, 13], [27, 13], [13, 27]));
    const off = instanceOf("z", polygonOf([300, 300], [310, 300], [310, 310]));
    expect(paste(editor, [off])).toBe(0);
  });

  test("of copies from a larger image what lies on this one is left", () => {
    const across = polygonOf([80, 60], [180, 60], [180, 160], [80, 160]);
    // its box lies on the image, and nothing of it
    const around = polygonOf([90, 100], [200, 100], [200, 0], [210, 0], [210, 110], [90, 110]);
    const painted = shapeMask(across, { width: 200, height: 200 });
    const editor = makeEditor();
    const pasted = paste(editor, [
      instanceOf("across", across),
      instanceOf("around", around),
      instanceOf("painted", { kind: "mask", mask: painted }),
    ]);
    expect(pasted).toBe(2);
    const [polygons, bitmap] = editor.document.instances.map(({ shape }) => shape);
    const left = polygonOf([80, 60], [100, 60], [100, 80], [80, 80]);
    expect(polygons && shapeMask(polygons, IMAGE)).toEqual(shapeMask(left, IMAGE));
    expect(bitmap).toEqual({ kind: "mask", mask: shapeMask(left, IMAGE) });
  });

  test("copies pasted again lie aside of those before, as far as the image reaches, on another image too", () => {
    const copied = instanceOf("elsewhere", polygonOf([60, 60], [76, 60], [60, 76]));
    const editor = makeEditor();
    for (let times = 0; times < 3; times++) paste(editor, [copied]);
    const corners = editor.document.instances.map(
      ({ shape }) => shape.kind === "polygons" && shape.polygons[0]?.exterior[0],
    );
    expect(corners).toEqual([
      [60, 60],
      [72, 64],
      [84, 64],
    ]);
    for (let times = 0; times < 3; times++) paste(editor, [copied]);
    expect(editor.document.instances).toHaveLength(6);
  });

  test("a label that is taken back is not the one for new objects either", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    key(editor, "2");
    key(editor, "z", { ctrl: true });
    expect([editor.selected?.label, editor.activeLabel]).toEqual(["fig", "fig"]);
    key(editor, "z", { ctrl: true, shift: true });
    expect([editor.selected?.label, editor.activeLabel]).toEqual(["date", "date"]);
  });

  test("unite joins touching objects of the label, subtract cuts the others out", () => {
    const right = polygonOf([50, 20], [80, 20], [80, 60], [50, 60]);
    const united = makeEditor([instanceOf("a", SQUARE), instanceOf("b", right)]);
    united.select("a");
    key(united, "j");
    expect(united.document.instances).toHaveLength(1);
    expect(united.selected?.shape).toEqual(polygonOf([80, 20], [80, 60], [20, 60], [20, 20]));
    const cut = makeEditor([instanceOf("a", SQUARE), instanceOf("b", right, "date")]);
    cut.select("a");
    key(cut, "J", { shift: true });
    expect(cut.selected?.shape).toEqual(polygonOf([50, 20], [50, 60], [20, 60], [20, 20]));
  });

  test("simplifying is shown before it is done, and is one step", () => {
    const wavy = polygonOf([20, 20], [40, 20.5], [60, 20], [60, 60], [20, 60]);
    const editor = makeEditor([instanceOf("a", wavy)]);
    const instance = instanceOf("a", wavy);
    editor.setPreview(simplified(instance, 1));
    expect(editor.preview?.shape).toEqual(SQUARE);
    expect(editor.document.get("a")?.shape).toBe(wavy);
    simplify(editor, instance, simplified(instance, 1));
    expect([editor.preview, editor.document.get("a")?.shape]).toEqual([null, SQUARE]);
    editor.undo();
    expect(editor.document.get("a")?.shape).toBe(wavy);
  });

  test("polygon to bitmap and back keeps the pixels", () => {
    const editor = makeEditor([instanceOf("a", SQUARE)]);
    editor.select("a");
    key(editor, "c");
    expect(editor.selected?.shape).toMatchObject({ kind: "mask", mask: { area: 1600 } });
    key(editor, "c");
    expect(editor.selected?.shape).toEqual(polygonOf([60, 20], [60, 60], [20, 60], [20, 20]));
  });
});

describe("instance", () => {
  test("JSON comes back", () => {
    const json = {
      id: "a",
      label: "fig",
      polygons: [
        {
          exterior: [
            [0.25, 1],
            [5, 1],
            [5, 5.125],
          ] as [number, number][],
          holes: [],
        },
      ],
      crowd: true,
      source: "model:m",
    };
    expect(instanceToJson(instanceFromJson(json), IMAGE)).toEqual(json);
    const rle = { id: "b", label: "fig", rle: { size: [2, 3] as [number, number], counts: "132" }, source: "manual" };
    expect(instanceToJson(instanceFromJson(rle), { width: 3, height: 2 })).toEqual(rle);
  });
});

describe("keys", () => {
  const press = (name: string, mode: "polygon" | "bitmap", shift = false) =>
    actionFor({ kind: "key", key: name, modifiers: { shift, alt: false, ctrl: false } }, mode, DEFAULT_KEYS);

  test("E, R and G are the mode's", () => {
    expect([press("e", "polygon"), press("e", "bitmap")]).toEqual(["edit", "draw"]);
    expect([press("r", "polygon"), press("r", "bitmap")]).toEqual(["box", "erase"]);
    expect([press("g", "polygon"), press("g", "bitmap")]).toEqual(["samePart", "fill"]);
  });

  test("characters made with Shift, and numbers", () => {
    expect(press("?", "polygon", true)).toBe("help");
    expect(press("3", "bitmap")).toBe("label3");
    expect(press("q", "polygon")).toBeNull();
  });

  test("no key of a mode means two things", () => {
    for (const mode of ["polygon", "bitmap"] as const) {
      const keys = DEFAULT_KEYS.filter((one) => (one.mode ?? mode) === mode).flatMap((one) => one.keys);
      expect(new Set(keys).size).toBe(keys.length);
    }
    expect(keyFor("edit", "polygon", DEFAULT_KEYS)).toBe("e");
  });
});

describe("an image that is left", () => {
  test("is changed by nobody here any more, and takes in what others saved", () => {
    const editor = makeEditor([instanceOf("a", SQUARE), instanceOf("b", TRIANGLE)]);
    editor.select("a");
    setLabel(editor, "date");
    editor.retire();
    const before = stored(editor);
    setLabel(editor, "fig");
    deleteObjects(editor, ["b"]);
    paste(editor, editor.document.instances);
    editor.undo();
    editor.act("delete");
    key(editor, "n");
    for (const at of [
      [5, 5],
      [15, 5],
      [5, 15],
    ] as const)
      click(editor, [...at]);
    expect(key(editor, "Enter")).toBe(false);
    expect(stored(editor)).toBe(before);
    editor.takeIn([editor.document.remove("b")]);
    expect(editor.document.instances.map(({ id }) => id)).toEqual(["a"]);
  });

  test("keeps what was painted and moved until then", () => {
    const painted = makeEditor();
    key(painted, "b");
    pointer(painted, "pointerdown", [10, 10]);
    pointer(painted, "pointermove", [30, 10]);
    painted.retire();
    expect(painted.document.instances).toHaveLength(1);
    const before = stored(painted);
    pointer(painted, "pointermove", [60, 60]);
    pointer(painted, "pointerup", [60, 60]);
    expect(stored(painted)).toBe(before);

    const moved = makeEditor([instanceOf("a", SQUARE)]);
    moved.select("a");
    pointer(moved, "pointerdown", [20, 20]);
    pointer(moved, "pointermove", [27, 20]);
    moved.retire();
    expect(moved.history.canUndo).toBe(true);
  });

  test("hands on the settings that are changed on it", () => {
    const editor = makeEditor();
    editor.retire();
    editor.change({ brushRadius: 40 });
    expect(editor.settings.brushRadius).toBe(40);
  });
});
