import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { polygonOf } from "../editor/editorTesting.ts";
import { NotedCanvas, NotedPath } from "./canvasTesting.ts";
import { MARGIN } from "./margin.ts";
import type { SceneObject, SceneOrder } from "./sceneMessages.ts";
import { ScenePainter } from "./scenePainter.ts";

beforeEach(() => void vi.stubGlobal("Path2D", NotedPath));
afterEach(() => void vi.unstubAllGlobals());

/** Eighty small squares side by side, ten a row. */
const SQUARES = Array.from({ length: 80 }, (_, i): readonly [number, SceneObject] => {
  const [x, y] = [(i % 10) * 40, Math.floor(i / 10) * 40];
  return [i, { label: "fig", shape: polygonOf([x, y], [x + 4, y], [x + 4, y + 4], [x, y + 4]) }];
});
const KEYS = SQUARES.map(([key]) => key);

const ORDER = {
  turn: 1,
  view: { scale: 1, x: 0, y: 0 },
  screen: { width: 400, height: 300 },
  ratio: 1,
  fill: 0.3,
  colors: { fig: "#00f" },
};

/** A painter that has painted the squares; `strokes` tells how many lines an order draws. */
function start() {
  const { context } = new NotedCanvas();
  const painter = new ScenePainter(context as unknown as ConstructorParameters<typeof ScenePainter>[0]);
  const seen = painter.paint({ ...ORDER, added: SQUARES, keys: Uint32Array.from(KEYS) });
  const strokes = (order: Partial<SceneOrder> & { shown: readonly number[] }) => {
    context.strokes = 0;
    painter.paint({ ...ORDER, added: [], ...order, keys: Uint32Array.from(order.shown) });
    return context.strokes;
  };
  return { context, seen, strokes };
}

const without = (...left: number[]) => KEYS.filter((key) => !left.includes(key));

test("paints each object's halo and outline, with a margin around the screen", () => {
  const { context, seen } = start();
  expect(seen).toBe(80);
  expect([context.canvas.width, context.canvas.height]).toEqual([400 + 2 * MARGIN, 300 + 2 * MARGIN]);
  expect(context.drawn[0]).toEqual([MARGIN, MARGIN]);
});

test("what goes is painted over and what comes is painted, the others are left alone", () => {
  const { strokes } = start();
  expect(strokes({ shown: without(12) })).toBe(0);
  const again = SQUARES.filter(([key]) => key === 12);
  expect(strokes({ shown: KEYS, added: again })).toBe(2);
});

test("neighbours that reach into what is painted anew are painted there, too", () => {
  const { strokes } = start();
  const large: SceneObject = { label: "fig", shape: polygonOf([0, 0], [90, 0], [90, 4], [0, 4]) };
  expect(strokes({ shown: [...KEYS, 80], added: [[80, large]] })).toBe(2 * 4);
});

test("all is painted for another view, colour or order, and where many changed", () => {
  const { strokes } = start();
  expect(strokes({ shown: KEYS, view: { scale: 1, x: 5, y: 0 } })).toBe(160);
  expect(strokes({ shown: KEYS, view: { scale: 1, x: 5, y: 0 }, colors: { fig: "#f00" } })).toBe(160);
  expect(strokes({ shown: [...KEYS].reverse() })).toBe(160);
  expect(strokes({ shown: KEYS.filter((key) => key % 2 === 0) })).toBe(80);
});

test("what is out of sight is not painted, and not counted", () => {
  const { context } = new NotedCanvas();
  const painter = new ScenePainter(context as unknown as ConstructorParameters<typeof ScenePainter>[0]);
  const view = { scale: 1, x: -5000, y: 0 };
  expect(painter.paint({ ...ORDER, view, added: SQUARES, keys: Uint32Array.from(KEYS) })).toBe(0);
  expect(context.strokes).toBe(0);
});
