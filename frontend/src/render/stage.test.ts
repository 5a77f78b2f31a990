import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Editor } from "../editor/editor.ts";
import { instanceOf, makeEditor, polygonOf } from "../editor/editorTesting.ts";
import { HeldPort, NotedCanvas, NotedPath } from "./canvasTesting.ts";
import { Stage, type StageElements } from "./stage.ts";

const SCREEN = { width: 400, height: 300 };
const LOOK = { colorOf: () => "#00f", fill: 0.3, selectedFill: 0.5 };

let frames: (() => void)[] = [];
const drawFrames = () => {
  while (frames.length > 0) for (const draw of frames.splice(0)) draw();
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Path2D", NotedPath);
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => frames.push(draw));
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});
afterEach(() => {
  frames = [];
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

interface Started {
  readonly stage: Stage;
  readonly editor: Editor;
  readonly port: HeldPort;
  /** The top canvas. */
  readonly active: NotedCanvas;
  /** How many lines the top canvas has of the frames that a change leads to. */
  readonly strokes: (change: () => void) => number;
  /** Answers what was ordered and draws what comes. */
  readonly settle: () => void;
}

/** Many small objects side by side on a stage, painted. */
function start(): Started {
  const squares = Array.from({ length: 80 }, (_, i) => {
    const [x, y] = [(i % 10) * 10, Math.floor(i / 10) * 10];
    return instanceOf(`${i}`, polygonOf([x, y], [x + 4, y], [x + 4, y + 4], [x, y + 4]));
  });
  const editor = makeEditor(squares);
  const image = { style: {}, replaceChildren: () => undefined };
  const [scene, active, port] = [new NotedCanvas(), new NotedCanvas(), new HeldPort()];
  const stage = new Stage({ image, scene, active } as unknown as StageElements, port, LOOK, () => undefined);
  const settle = () => {
    drawFrames();
    vi.runAllTimers();
    drawFrames();
    while (port.orders.length > 0) {
      port.answer();
      drawFrames();
    }
  };
  stage.resize(SCREEN, 1);
  stage.show(editor, null);
  settle();
  const strokes = (change: () => void) => {
    active.context.strokes = 0;
    change();
    drawFrames();
    return active.context.strokes;
  };
  return { stage, editor, port, active, strokes, settle };
}

test("what is selected leaves the scene, and what was comes back", () => {
  const { editor, port, settle } = start();
  editor.select("12");
  drawFrames();
  expect(port.orders[0]?.keys).toHaveLength(79);
  settle();
  editor.select("77");
  drawFrames();
  expect([port.orders[0]?.keys.length, port.orders[0]?.added.length]).toEqual([79, 1]);
});

test("what the scene does not show yet is drawn on top, until it does", () => {
  const { editor, strokes, settle } = start();
  editor.select("12");
  settle();
  // the halo and the outline of the one that is not selected any more
  expect(strokes(() => editor.select(null))).toBe(2);
  expect(strokes(settle)).toBe(0);
});

test("a change of what is selected, or of nothing seen, orders nothing", () => {
  const { stage, editor, port, settle } = start();
  editor.select("12");
  settle();
  const moved = polygonOf([0, 0], [90, 0], [90, 70]);
  editor.execute({ name: "moveVertices", changes: [editor.document.replace(instanceOf("12", moved))] });
  drawFrames();
  stage.fit();
  drawFrames();
  expect(port.orders).toEqual([]);
});

test("a new object that is selected at once never was in the scene", () => {
  const { editor, port } = start();
  const triangle = instanceOf("new", polygonOf([0, 0], [90, 0], [0, 70]));
  editor.execute({ name: "draw", changes: [editor.document.add(triangle)] });
  editor.select("new");
  drawFrames();
  expect(port.orders).toEqual([]);
});

test("a view that moves orders nothing until it rests", () => {
  const { stage, port } = start();
  stage.panBy(30, 20);
  drawFrames();
  expect(port.orders).toEqual([]);
  vi.runAllTimers();
  drawFrames();
  expect(port.orders).toHaveLength(1);
});

test("on a screen of another pixel ratio all is drawn anew, as large as it was", () => {
  const { stage, editor, port, active, settle } = start();
  editor.select("12");
  settle();
  expect([active.width, active.style.width]).toEqual([256, "256px"]);
  stage.resize(SCREEN, 2);
  drawFrames();
  expect([active.width, active.style.width]).toEqual([256, "128px"]);
  expect(port.orders[0]?.ratio).toBe(2);
});

test("another image shows none of the objects of the one before", () => {
  const { stage, port } = start();
  stage.panBy(30, 20);
  vi.runAllTimers();
  drawFrames();
  stage.show(makeEditor([]), null);
  drawFrames();
  expect(port.answer().isClosed).toBe(true);
  expect(port.orders[0]?.keys).toHaveLength(0);
});

test("with the stage goes its painter", () => {
  const { stage, port } = start();
  stage.close();
  expect(port.isClosed).toBe(true);
});
