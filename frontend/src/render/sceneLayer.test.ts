import { expect, test } from "vitest";
import { instanceOf, SQUARE } from "../editor/editorTesting.ts";
import type { Instance } from "../editor/instance.ts";
import { HeldPort, NotedCanvas } from "./canvasTesting.ts";
import { MARGIN } from "./margin.ts";
import { SceneLayer } from "./sceneLayer.ts";
import type { View } from "./view.ts";

const SCREEN = { width: 400, height: 300 };
const LOOK = { colorOf: (label: string) => (label === "fig" ? "#00f" : "#f00"), fill: 0.3 };
const VIEW: View = { scale: 1, x: 0, y: 0 };
const OBJECTS: readonly Instance[] = [instanceOf("a", SQUARE), instanceOf("b", SQUARE, "date")];

function start() {
  const [canvas, port] = [new NotedCanvas(), new HeldPort()];
  let told = 0;
  const layer = new SceneLayer(canvas as unknown as HTMLCanvasElement, port, () => told++);
  const follow = ({ view = VIEW, ratio = 1, objects = OBJECTS, look = LOOK, isResting = false } = {}) =>
    layer.follow({ view, screen: SCREEN, ratio, look, objects }, isResting);
  return { canvas, port, layer, follow, told: () => told };
}

function shown() {
  const started = start();
  started.follow();
  started.port.answer();
  started.follow();
  return started;
}

test("orders what is wanted, with what the painter needs to know, and shows it when it comes", () => {
  const { canvas, port, layer, follow, told } = start();
  follow();
  const [order] = port.orders;
  expect(order?.added.map(([, { label }]) => label)).toEqual(["fig", "date"]);
  expect([...(order?.keys ?? [])]).toEqual(order?.added.map(([key]) => key));
  expect(order?.colors).toEqual({ fig: "#00f", date: "#f00" });
  expect(layer.objects).toEqual([]);
  port.answer();
  expect(told()).toBe(1);
  follow();
  expect(layer.objects).toBe(OBJECTS);
  expect([canvas.context.shown.length, canvas.hidden]).toEqual([1, false]);
  expect(port.orders).toEqual([]);
});

test("a pixel of the picture is one of the screen, also where these are no whole number to one of the page", () => {
  const { canvas, port, follow } = start();
  follow({ ratio: 1.1 });
  port.answer(1, { width: 881, height: 771 });
  follow({ ratio: 1.1 });
  const { style, width, height } = canvas;
  const pixels = [style.width, style.height].map((length) => Number.parseFloat(length ?? "") * 1.1);
  expect([width, height]).toEqual([881, 771]);
  expect(pixels.map((length) => Math.round(length * 1000) / 1000)).toEqual([881, 771]);
});

test("one picture is ordered at a time; the next one has all that was wanted meanwhile", () => {
  const { port, follow } = start();
  const [more, most] = [
    [...OBJECTS, instanceOf("c", SQUARE)],
    [...OBJECTS, instanceOf("d", SQUARE)],
  ];
  follow();
  follow({ objects: more });
  follow({ objects: most });
  expect(port.orders).toHaveLength(1);
  port.answer();
  follow({ objects: most });
  expect(port.orders[0]?.added).toHaveLength(1);
  expect(port.orders[0]?.keys).toHaveLength(3);
});

test("an object that went and comes back is told of again, one that stays is not", () => {
  const { port, follow } = shown();
  const added: number[] = [];
  for (const objects of [OBJECTS.slice(1), [...OBJECTS]]) {
    follow({ objects });
    added.push(port.orders[0]?.added.length ?? -1);
    port.answer();
    follow({ objects });
  }
  expect(added).toEqual([0, 1]);
});

test("while the view moves the picture moves along, and a new one is ordered when it will not do any more", () => {
  const { canvas, port, follow } = shown();
  follow({ view: { scale: 1, x: 50, y: 10 } });
  expect([port.orders.length, canvas.style.transform]).toEqual([
    0,
    `translate(${50 - MARGIN}px, ${10 - MARGIN}px) scale(1)`,
  ]);
  follow({ view: { scale: 1, x: 50, y: 10 }, isResting: true });
  expect(port.orders).toHaveLength(1);
  port.answer();
  follow({ view: { scale: 1, x: 50, y: 10 }, isResting: true });
  follow({ view: { scale: 1, x: 50 + MARGIN + 1, y: 10 } });
  expect(port.orders).toHaveLength(1);
});

test("with few objects in sight it is kept sharp in the midst of a zoom, with many it waits", () => {
  for (const [seen, orders] of [
    [5, 1],
    [500, 0],
  ] as const) {
    const { port, follow } = start();
    follow();
    port.answer(seen);
    follow();
    follow({ view: { scale: 1.5, x: -100, y: -75 } });
    expect(port.orders).toHaveLength(orders);
  }
});

test("another look is painted; of an image that is left nothing is shown", () => {
  const { canvas, port, layer, follow } = shown();
  follow({ look: { ...LOOK, fill: 0.5 } });
  expect(port.orders[0]?.fill).toBe(0.5);
  layer.blank();
  expect(port.answer().isClosed).toBe(true);
  expect([canvas.hidden, layer.objects.length, canvas.context.shown.length]).toEqual([true, 0, 1]);
});

test("of a painter that is lost all is ordered again, though nothing changed: what it made may be lost, too", () => {
  const { port, follow } = shown();
  port.onLost();
  follow();
  expect(port.orders[0]?.added).toHaveLength(OBJECTS.length);
  port.answer();
  follow();
  expect(port.orders).toEqual([]);
});

test("a painter that is lost is told all again", () => {
  const { port, follow, told } = shown();
  follow({ objects: OBJECTS.slice(1) });
  port.orders.length = 0;
  const before = told();
  port.onLost();
  expect(told()).toBe(before + 1);
  follow({ objects: [...OBJECTS] });
  expect(port.orders[0]?.added).toHaveLength(2);
});
