import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NotedCanvas, NotedPath } from "./canvasTesting.ts";
import type { SceneOrder, ScenePicture } from "./sceneMessages.ts";
import { SceneThread } from "./sceneThread.ts";

const ORDER: SceneOrder = {
  turn: 1,
  view: { scale: 1, x: 0, y: 0 },
  screen: { width: 40, height: 30 },
  ratio: 1,
  fill: 0.3,
  colors: {},
  added: [],
  keys: new Uint32Array(),
};

class PainterWorker extends EventTarget {
  static readonly all: PainterWorker[] = [];
  readonly turns: number[] = [];
  isTerminated = false;

  constructor() {
    super();
    PainterWorker.all.push(this);
  }
  postMessage({ turn }: SceneOrder): void {
    this.turns.push(turn);
  }
  terminate(): void {
    this.isTerminated = true;
  }
  answer(): void {
    this.dispatchEvent(new MessageEvent("message", { data: { turn: this.turns.at(-1) } }));
  }
  fail(): void {
    this.dispatchEvent(new Event("error"));
  }
}

beforeEach(() => {
  vi.stubGlobal("Worker", PainterWorker);
  vi.stubGlobal("Path2D", NotedPath);
  vi.stubGlobal("OffscreenCanvas", NotedCanvas);
  vi.stubGlobal("createImageBitmap", async ({ width, height }: NotedCanvas) => ({ width, height }));
});
afterEach(() => {
  PainterWorker.all.length = 0;
  vi.unstubAllGlobals();
});

function start() {
  let lost = 0;
  const thread = new SceneThread(() => lost++);
  const pictures: ScenePicture[] = [];
  thread.onPicture = (picture) => pictures.push(picture);
  thread.onLost = () => lost++;
  return { thread, pictures, lost: () => lost };
}

test("that a worker ended both sides are told, and another takes the next order", () => {
  const { thread, pictures, lost } = start();
  thread.paint(ORDER);
  PainterWorker.all[0]?.fail();
  expect([lost(), PainterWorker.all[0]?.isTerminated]).toEqual([2, true]);
  thread.paint({ ...ORDER, turn: 2 });
  PainterWorker.all[1]?.answer();
  expect(pictures.map(({ turn }) => turn)).toEqual([2]);
});

test("where no worker will do it is painted on the page", async () => {
  const { thread, pictures } = start();
  for (const turn of [1, 2]) {
    thread.paint({ ...ORDER, turn });
    PainterWorker.all.at(-1)?.fail();
  }
  thread.paint({ ...ORDER, turn: 3 });
  await vi.waitFor(() => expect(pictures.map(({ turn }) => turn)).toEqual([3]));
  expect([PainterWorker.all.length, pictures[0]?.bitmap.width]).toEqual([2, 440]);
});

test("workers that end now and then, with pictures between, are replaced each time", () => {
  const { thread } = start();
  for (let turn = 1; turn <= 5; turn++) {
    thread.paint({ ...ORDER, turn });
    PainterWorker.all.at(-1)?.answer();
    PainterWorker.all.at(-1)?.fail();
  }
  thread.paint({ ...ORDER, turn: 6 });
  expect(PainterWorker.all.at(-1)?.turns).toEqual([6]);
});

test("a painter that fails, or whose graphics card was reset, is an error of its worker, of which the page hears", async () => {
  const canvases: NotedCanvas[] = [];
  class KnownCanvas extends NotedCanvas {
    constructor() {
      super();
      canvases.push(this);
    }
  }
  vi.stubGlobal("OffscreenCanvas", KnownCanvas);
  const listeners: ((event: { data: SceneOrder }) => void)[] = [];
  const reported: unknown[] = [];
  vi.stubGlobal("self", { addEventListener: (_: string, listen: never) => listeners.push(listen) });
  vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
  vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("no memory")));
  await import("./sceneWorker.ts");
  listeners[0]?.({ data: ORDER });
  await vi.waitFor(() => expect(reported).toEqual([new Error("no memory")]));
  canvases[0]?.dispatchEvent(new Event("contextlost"));
  expect(reported).toHaveLength(2);
});
