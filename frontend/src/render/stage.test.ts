import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Editor } from "../editor/editor.ts";
import { instanceOf, makeEditor, polygonOf } from "../editor/editorTesting.ts";
import { NotedCanvas, NotedPath } from "./canvasTesting.ts";
import { Stage } from "./stage.ts";

const SCREEN = { width: 400, height: 300 };
const LOOK = { colorOf: () => "#00f", fill: 0.3, selectedFill: 0.5 };

let frames: (() => void)[] = [];
const drawFrames = () => {
  while (frames.length > 0) for (const draw of frames.splice(0)) draw();
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Path2D", NotedPath);
  vi.stubGlobal("document", { createElement: () => new NotedCanvas() });
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => frames.push(draw));
});
afterEach(() => {
  frames = [];
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Many small objects side by side on a stage; `strokes` tells how many lines a change draws in the scene. */
function start(): { stage: Stage; editor: Editor; strokes: (change: () => void) => number } {
  const squares = Array.from({ length: 80 }, (_, i) => {
    const [x, y] = [(i % 10) * 10, Math.floor(i / 10) * 10];
    return instanceOf(`${i}`, polygonOf([x, y], [x + 4, y], [x + 4, y + 4], [x, y + 4]));
  });
  const editor = makeEditor(squares);
  const [image, scene, active] = [new NotedCanvas(), new NotedCanvas(), new NotedCanvas()];
  const canvases = { image, scene, active } as unknown as ConstructorParameters<typeof Stage>[0];
  const stage = new Stage(canvases, LOOK, () => undefined);
  stage.resize(SCREEN, 1);
  stage.show(editor, null);
  drawFrames();
  vi.runAllTimers();
  drawFrames();
  const strokes = (change: () => void) => {
    scene.context.strokes = 0;
    change();
    drawFrames();
    vi.runAllTimers();
    drawFrames();
    return scene.context.strokes;
  };
  return { stage, editor, strokes };
}

test("what is selected leaves the scene, what was comes back, and the others are not drawn again", () => {
  const { editor, strokes } = start();
  expect(strokes(() => editor.select("12"))).toBe(0);
  // the halo and the outline of the one that comes back
  expect(strokes(() => editor.select("77"))).toBe(2);
  expect(strokes(() => editor.setHidden(["3"]))).toBe(0);
  expect(strokes(() => editor.setHidden([]))).toBe(2);
});

test("a change of what is selected, or of nothing seen, draws nothing of the scene", () => {
  const { stage, editor, strokes } = start();
  editor.select("12");
  drawFrames();
  const moved = polygonOf([0, 0], [90, 0], [90, 70]);
  const change = () =>
    editor.execute({ name: "moveVertices", changes: [editor.document.replace(instanceOf("12", moved))] });
  expect(strokes(change)).toBe(0);
  expect(strokes(() => stage.fit())).toBe(0);
});

test("a new object that is selected at once never was in the scene", () => {
  const { editor, strokes } = start();
  const draw = () => {
    editor.execute({
      name: "draw",
      changes: [editor.document.add(instanceOf("new", polygonOf([0, 0], [90, 0], [0, 70])))],
    });
    editor.select("new");
  };
  expect(strokes(draw)).toBe(0);
});

test("with many changed, all are drawn", () => {
  const { editor, strokes } = start();
  const even = editor.document.instances.filter((_, i) => i % 2 === 0).map(({ id }) => id);
  expect(strokes(() => editor.setHidden(even))).toBe(80);
});
