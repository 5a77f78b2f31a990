import { describe, expect, test } from "vitest";
import { packMask } from "../../geometry/bitmap.ts";
import type { Box, Point } from "../../geometry/types.ts";
import { click, drag, instanceOf, key, makeEditor, pointer, polygonOf, SQUARE } from "../editorTesting.ts";
import { NO_MODIFIERS } from "../events.ts";
import type { Instance } from "../instance.ts";

function areaOf(instance: Instance | undefined): number {
  return instance?.shape.kind === "mask" ? instance.shape.mask.area : -1;
}

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

  test("undo in mid-stroke takes back the stroke, and nothing before it", () => {
    const { editor } = paint([[10.5, 10.5]]);
    pointer(editor, "pointerdown", [20.5, 10.5]);
    pointer(editor, "pointermove", [24.5, 10.5]);
    key(editor, "z", { ctrl: true });
    pointer(editor, "pointerup", [24.5, 10.5]);
    expect(areaOf(editor.selected)).toBe(9);
    expect(editor.canRedo).toBe(false);
  });

  test("a stroke is laid over what someone else made of the object meanwhile", () => {
    const theirs = polygonOf([20, 20], [80, 20], [80, 60], [20, 60]);
    for (const [name, area] of [
      ["e", 60 * 40 + 5 * 10],
      ["r", 60 * 40 - 5 * 10],
    ] as const) {
      const editor = makeEditor([instanceOf("a", SQUARE)]);
      editor.select("a");
      key(editor, "b");
      key(editor, name);
      editor.change({ brushRadius: 5, brushShape: "square" });
      pointer(editor, "pointerdown", [50, 20]);
      editor.takeIn([editor.document.replace(instanceOf("a", theirs))]);
      pointer(editor, "pointerup", [50, 20]);
      expect(areaOf(editor.selected)).toBe(area);
    }
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

  test.each([
    ["x0", 0],
    ["x1", 99],
    ["y0", 0],
    ["y1", 79],
  ] as const)("G tells when the colour goes on beyond the pixels that were read: %s", (side, end) => {
    let told = 0;
    const whole = { x0: 0, y0: 0, x1: 100, y1: 80 };
    const fill = (frame: Box) => {
      const rgba = new Uint8ClampedArray((frame.x1 - frame.x0) * (frame.y1 - frame.y0) * 4);
      const editor = makeEditor([], { readPixels: () => ({ rgba, frame }), onFillCut: () => told++ });
      key(editor, "b");
      key(editor, "g");
      click(editor, [50, 40]);
    };
    fill(whole);
    expect(told).toBe(0);
    fill({ ...whole, [side]: end === 0 ? 1 : end });
    expect(told).toBe(1);
  });

  test("a lasso dragged closes where it is let go; the next one adds to the same object, sparing others", () => {
    const right = polygonOf([20, 0], [40, 0], [40, 40], [20, 40]);
    const editor = makeEditor([instanceOf("b", right)]);
    editor.setMode("bitmap");
    editor.change({ protectOthers: true });
    key(editor, "s");
    drag(editor, [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
    ]);
    expect([editor.document.instances.length, areaOf(editor.selected)]).toEqual([2, 100]);
    drag(editor, [
      [10, 0],
      [30, 0],
      [30, 10],
      [10, 10],
    ]);
    expect([editor.document.instances.length, areaOf(editor.selected)]).toEqual([2, 200]);
  });

  test("S and H: a lasso adds to the bitmap or cuts from it, and stays in hand", () => {
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
    expect([areaOf(editor.selected), editor.mode, editor.tool.name]).toEqual([109, "bitmap", "polygon"]);
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

  test("a pen's pressure makes the stroke and its cursor thinner; a mouse has the full size", () => {
    const editor = makeEditor();
    key(editor, "b");
    editor.change({ brushRadius: 8 });
    const send = (kind: "pointerdown" | "pointerup", pressure: number) =>
      editor.dispatch({ kind, x: 50, y: 40, modifiers: NO_MODIFIERS, pressure, pixelSize: 1, touch: false });
    send("pointerdown", 0.25);
    expect(editor.tool.cursor).toMatchObject({ radius: 4 });
    send("pointerup", 0);
    expect(areaOf(editor.selected)).toBe(52);
    expect(editor.tool.cursor).toMatchObject({ radius: 8 });
    send("pointerdown", 0.5);
    send("pointerup", 0);
    expect(areaOf(editor.selected)).toBe(208);
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

test("whoever paints, erases, fills or deletes what is hidden or locked is told so, and it stays", () => {
  const told: string[] = [];
  const editor = makeEditor([instanceOf("a", SQUARE)], { onFixed: (reason) => told.push(reason) });
  editor.select("a");
  editor.setLocked(["a"]);
  key(editor, "b");
  click(editor, [10, 10]);
  key(editor, "r");
  click(editor, [30, 30]);
  editor.setHidden(["a"]);
  key(editor, "g");
  click(editor, [30, 30]);
  key(editor, "Delete");
  expect(told).toEqual(["locked", "locked", "hidden", "hidden"]);
  expect(editor.document.instances).toEqual([instanceOf("a", SQUARE)]);
});
