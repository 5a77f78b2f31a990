import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Editor } from "../editor/editor.ts";
import { click, drag, instanceOf, makeEditor, pointer, polygonOf, SQUARE } from "../editor/editorTesting.ts";
import { boxOfPoints } from "../geometry/box.ts";
import { activeBox } from "./activeBox.ts";
import { type ActiveScene, drawActive } from "./activeLayer.ts";
import { NotedCanvas, NotedPath } from "./canvasTesting.ts";

const VIEW = { scale: 2.5, x: 30, y: 10 };
const LOOK = { colorOf: () => "#00f", fill: 0.3, selectedFill: 0.5 };
/** Screen pixels that may be left free around what is drawn. */
const SLACK = 12;

const PENDING = "an object that the scene does not show yet";

const IN_HAND: Record<string, (editor: Editor) => void> = {
  [PENDING]: () => undefined,
  "a hovered object": (editor) => void pointer(editor, "pointermove", [30, 30]),
  "a selected object with its handles": (editor) => editor.select("a"),
  "a dragged corner": (editor) => {
    editor.select("a");
    pointer(editor, "pointerdown", [20, 20]);
    pointer(editor, "pointermove", [2, 70]);
  },
  "a rectangle around corners": (editor) => {
    pointer(editor, "pointerdown", [70, 5]);
    pointer(editor, "pointermove", [90, 15]);
  },
  "a ring in hand": (editor) => {
    editor.takeTool("polygon");
    click(editor, [70, 10]);
    click(editor, [90, 30]);
    pointer(editor, "pointermove", [75, 50]);
  },
  "a brush": (editor) => {
    editor.takeTool("brush");
    editor.change({ brushShape: "square" });
    pointer(editor, "pointermove", [70, 30]);
  },
  "marks for smart labeling": (editor) => {
    editor.takeTool("smart");
    drag(editor, [
      [10, 10],
      [60, 60],
    ]);
    pointer(editor, "pointerdown", [55, 55]);
    pointer(editor, "pointermove", [70, 70]);
  },
};

beforeEach(() => void vi.stubGlobal("Path2D", NotedPath));
afterEach(() => void vi.unstubAllGlobals());

test.each(Object.keys(IN_HAND))("holds %s and little else", (name) => {
  const editor = makeEditor([instanceOf("a", SQUARE), instanceOf("b", polygonOf([5, 70], [9, 70], [5, 75]))]);
  IN_HAND[name]?.(editor);
  const { context } = new NotedCanvas();
  const pending = name === PENDING ? editor.document.instances.slice(1) : [];
  const scene = { editor, view: VIEW, screen: { width: 400, height: 300 }, ratio: 1, look: LOOK, pending };
  drawActive({ ...scene, context } as unknown as ActiveScene);
  const drawn = boxOfPoints(context.drawn);
  const box = activeBox({ editor, view: VIEW, pending });
  for (const [inner, outer] of [
    [box.x0, drawn.x0],
    [box.y0, drawn.y0],
    [-box.x1, -drawn.x1],
    [-box.y1, -drawn.y1],
  ] as const) {
    expect(outer).toBeGreaterThanOrEqual(inner);
    expect(outer - inner).toBeLessThanOrEqual(SLACK);
  }
});

test("is empty with nothing in hand", () => {
  const { x0, x1 } = activeBox({ editor: makeEditor([instanceOf("a", SQUARE)]), view: VIEW, pending: [] });
  expect(x1 - x0).toBe(0);
});
