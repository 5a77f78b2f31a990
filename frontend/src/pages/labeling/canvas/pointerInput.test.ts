// @vitest-environment happy-dom
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Editor } from "../../../editor/editor.ts";
import { key, makeEditor } from "../../../editor/editorTesting.ts";
import { shapePoints } from "../../../editor/instance.ts";
import type { Stage } from "../../../render/stage.ts";
import { listenToPointers } from "./pointerInput.ts";
import { Ruler } from "./ruler.ts";

const PEN = { pointerId: 1, pointerType: "pen", pressure: 0.5 };
const PALM = { pointerId: 2, pointerType: "touch" };
const FINGER = { pointerId: 3, pointerType: "touch" };

let editor: Editor;
let surface: HTMLElement;
let stage: { view: { scale: number }; imagePoint: (at: unknown) => unknown; panBy: () => void; zoomAt: () => void };

beforeEach(() => {
  editor = makeEditor();
  editor.change({ brushRadius: 2 });
  surface = document.createElement("div");
  surface.setPointerCapture = () => undefined;
  stage = { view: { scale: 1 }, imagePoint: (at) => at, panBy: vi.fn(), zoomAt: vi.fn() };
  listenToPointers({
    surface,
    stage: stage as unknown as Stage,
    editor,
    ruler: new Ruler(),
    onPointer: () => undefined,
  });
  key(editor, "b");
});

function send(
  kind: "down" | "move" | "up" | "cancel",
  who: PointerEventInit,
  [clientX, clientY]: [number, number],
): void {
  const event = new PointerEvent(`pointer${kind}`, { button: 0, clientX, clientY, ...who });
  Object.assign(event, { getCoalescedEvents: () => [] });
  surface.dispatchEvent(event);
}

function painted(): { x: number; y: number; width: number; height: number }[] {
  return editor.document.instances.map(({ shape }) => {
    if (shape.kind !== "mask") throw new Error("not a bitmap");
    const { x, y, width, height } = shape.mask;
    return { x, y, width, height };
  });
}

describe("a hand on the screen", () => {
  test("changes nothing of the stroke of the pen that it holds", () => {
    send("down", PEN, [10, 10]);
    send("down", PALM, [60, 60]);
    send("move", PALM, [62, 60]);
    send("move", PEN, [20, 10]);
    send("cancel", PALM, [62, 60]);
    send("move", PEN, [30, 10]);
    send("up", PEN, [30, 10]);
    expect(painted()).toEqual([{ x: 8, y: 8, width: 24, height: 4 }]);
  });

  test("that was there before the pen leaves nothing either", () => {
    send("down", PALM, [60, 60]);
    send("move", PALM, [64, 60]);
    send("down", PEN, [10, 10]);
    send("move", PALM, [70, 60]);
    send("move", PEN, [30, 10]);
    send("up", PALM, [70, 60]);
    send("up", PEN, [30, 10]);
    expect(painted()).toEqual([{ x: 8, y: 8, width: 24, height: 4 }]);
  });

  test("with two fingers down moves the image, and draws nothing", () => {
    send("down", PALM, [60, 60]);
    send("down", FINGER, [20, 60]);
    send("move", FINGER, [10, 60]);
    send("up", FINGER, [10, 60]);
    send("up", PALM, [60, 60]);
    expect(painted()).toEqual([]);
    expect(stage.zoomAt).toHaveBeenCalledOnce();
  });
});

describe("a pen's eraser end", () => {
  const ERASER = { ...PEN, button: 5, buttons: 32 };

  test("rubs out where the brush paints, which comes back", () => {
    send("down", PEN, [10, 10]);
    send("move", PEN, [30, 10]);
    send("up", PEN, [30, 10]);
    send("down", ERASER, [30, 10]);
    expect(editor.tool.name).toBe("eraser");
    send("move", { ...ERASER, button: -1 }, [20, 10]);
    send("up", ERASER, [20, 10]);
    expect(painted()).toEqual([{ x: 8, y: 8, width: 11, height: 4 }]);
    expect(editor.tool.name).toBe("brush");
  });

  test("does nothing with a tool that has nothing to rub out", () => {
    key(editor, "b");
    key(editor, "n");
    send("down", ERASER, [10, 10]);
    send("up", ERASER, [10, 10]);
    expect(editor.tool.draft.kind === "ring" && editor.tool.draft.points).toBeFalsy();
    expect(editor.tool.name).toBe("polygon");
  });
});

test.each([
  ["b", 3],
  ["v", 1],
] as const)("of what the pointer passed since the last frame the tool of %s is told of %i places", (name, places) => {
  key(editor, "b");
  key(editor, name);
  send("down", PEN, [10, 10]);
  const dispatch = vi.spyOn(editor, "dispatch");
  const at = (clientX: number) => new PointerEvent("pointermove", { ...PEN, clientX, clientY: 10 });
  const moved = Object.assign(at(30), { getCoalescedEvents: () => [at(20), at(25), at(30)] });
  surface.dispatchEvent(moved);
  expect(dispatch).toHaveBeenCalledTimes(places);
  expect(dispatch).toHaveBeenLastCalledWith(expect.objectContaining({ kind: "pointermove", x: 30 }));
});

test("a pen that the browser lost leaves the image to the next one", () => {
  send("down", PEN, [60, 60]);
  surface.dispatchEvent(new PointerEvent("lostpointercapture", PEN));
  send("down", { ...PEN, pointerId: 4 }, [10, 10]);
  send("up", { ...PEN, pointerId: 4 }, [10, 10]);
  expect(painted()).toEqual([{ x: 8, y: 8, width: 4, height: 4 }]);
});

test("Space that is let go in another window does not go on to move the image", () => {
  window.dispatchEvent(new KeyboardEvent("keydown", { key: " " }));
  expect(surface.hasAttribute("data-space")).toBe(true);
  window.dispatchEvent(new Event("blur"));
  send("down", PEN, [10, 10]);
  send("up", PEN, [10, 10]);
  expect(painted()).toHaveLength(1);
});

test("two taps of a finger close a polygon, however far apart a double tap's are", () => {
  key(editor, "b");
  key(editor, "n");
  const taps: [number, number][] = [
    [10, 10],
    [70, 10],
    [70, 60],
    [60, 70],
  ];
  for (const at of taps) {
    send("down", FINGER, at);
    send("up", FINGER, at);
  }
  surface.dispatchEvent(new MouseEvent("dblclick", { clientX: 60, clientY: 70 }));
  const [made] = editor.document.instances;
  expect(made && shapePoints(made.shape)).toBe(3);
});
