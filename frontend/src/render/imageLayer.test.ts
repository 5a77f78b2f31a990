import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { NotedCanvas } from "./canvasTesting.ts";
import { ImageLayer } from "./imageLayer.ts";
import { ImagePyramid, tileBoxes } from "./imagePyramid.ts";

const SCREEN = { width: 400, height: 300 };

beforeEach(() => void vi.stubGlobal("document", { createElement: () => new NotedCanvas() }));
afterEach(() => void vi.unstubAllGlobals());

/** A place for the tiles that counts how often they were put there. */
class Sheet {
  readonly style: Record<string, string> = {};
  children: NotedCanvas[] = [];
  puts = 0;
  replaceChildren(...children: NotedCanvas[]) {
    this.children = children;
    this.puts++;
  }
}

function levelOf(width: number, height: number) {
  const tiles = tileBoxes({ width, height }).map(({ x0, y0, x1, y1 }) => ({
    x: x0,
    y: y0,
    bitmap: { width: x1 - x0, height: y1 - y0, close: () => undefined } as ImageBitmap,
  }));
  return { width, height, tiles };
}

function start() {
  const pyramid = new ImagePyramid({ width: 8000, height: 6000 });
  for (const width of [8000, 1000]) pyramid.add(levelOf(width, width * 0.75));
  const sheet = new Sheet();
  return { pyramid, sheet, layer: new ImageLayer(sheet as unknown as HTMLElement) };
}

test("shows the level that suits the zoom, scaled to the image's own pixels", () => {
  const { pyramid, sheet, layer } = start();
  layer.show(pyramid, { scale: 0.05, x: 10, y: 20 }, SCREEN, 1);
  expect([sheet.children.length, sheet.style.transform]).toEqual([1, "translate(10px, 20px) scale(0.4, 0.4)"]);
  layer.show(pyramid, { scale: 0.5, x: 0, y: 0 }, SCREEN, 1);
  expect([sheet.children[0]?.width, sheet.style.transform]).toEqual([2049, "translate(0px, 0px) scale(0.5, 0.5)"]);
});

test("tiles in sight are on the page, and a move that needs no others changes none", () => {
  const { pyramid, sheet, layer } = start();
  // the screen is a two hundred pixels' window near (4096, 4096), where four tiles meet
  layer.show(pyramid, { scale: 2, x: -8192, y: -8192 }, SCREEN, 1);
  const [before, puts] = [sheet.children, sheet.puts];
  expect(before.map(({ style }) => [style.left, style.top])).toEqual([
    ["2048px", "2048px"],
    ["4096px", "2048px"],
    ["2048px", "4096px"],
    ["4096px", "4096px"],
  ]);
  layer.show(pyramid, { scale: 2, x: -8150, y: -8150 }, SCREEN, 1);
  expect(sheet.puts).toBe(puts);
  layer.show(pyramid, { scale: 2, x: -9500, y: -9500 }, SCREEN, 1);
  expect(sheet.children).toEqual(before.slice(3));
});

test("pixels are squares from where a brush needs to see them", () => {
  const { pyramid, sheet, layer } = start();
  const renderings = [2.9, 3, 64, 1].map((scale) => {
    layer.show(pyramid, { scale, x: 0, y: 0 }, SCREEN, 1);
    return sheet.style.imageRendering;
  });
  expect(renderings).toEqual(["auto", "pixelated", "pixelated", "auto"]);
});

test("an image that has not come shows nothing, not the one before", () => {
  const { pyramid, sheet, layer } = start();
  layer.show(pyramid, { scale: 1, x: 0, y: 0 }, SCREEN, 1);
  layer.show(new ImagePyramid({ width: 10, height: 10 }), { scale: 1, x: 0, y: 0 }, SCREEN, 1);
  expect(sheet.children).toEqual([]);
});

test("of an image that is closed nothing is left on the page, and no canvas of its size", () => {
  const { pyramid, sheet, layer } = start();
  layer.show(pyramid, { scale: 0.5, x: 0, y: 0 }, SCREEN, 1);
  const [tile] = sheet.children;
  pyramid.close();
  expect([tile?.isRemoved, tile?.width, tile?.context.shown.at(-1)]).toEqual([true, 1, null]);
});
