import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boxesTouch } from "../geometry/box.ts";
import { levelOf } from "./paths.ts";
import { SpatialIndex } from "./spatialIndex.ts";
import { channelsOf, tilesIn } from "./strokeImage.ts";
import { fitView, panned, revealing, seenBox, toImage, toScreen, zoomedAt } from "./view.ts";

const IMAGE = { width: 1000, height: 500 };
const SCREEN = { width: 532, height: 448 };

describe("view", () => {
  test("fits the image with a margin, in the middle, above the bars", () => {
    expect(fitView(IMAGE, SCREEN)).toEqual({ scale: 0.5, x: 16, y: 99 });
    expect(fitView({ width: 500, height: 736 }, SCREEN)).toEqual({ scale: 0.5, x: 141, y: 16 });
  });

  test("zoom keeps what is under the pointer there", () => {
    fc.assert(
      fc.property(fc.nat(548), fc.nat(448), fc.double({ min: 0.5, max: 2, noNaN: true }), (x, y, factor) => {
        const view = fitView(IMAGE, SCREEN);
        const [screenX, screenY] = toScreen(zoomedAt(view, [x, y], factor), toImage(view, [x, y]));
        expect(screenX).toBeCloseTo(x, 6);
        expect(screenY).toBeCloseTo(y, 6);
      }),
    );
  });

  test("pan leaves a strip of the image on the screen", () => {
    const view = panned(fitView(IMAGE, SCREEN), -9000, 9000, IMAGE, SCREEN);
    expect(toScreen(view, [1000, 0])).toEqual([48, 400]);
  });

  test("an object out of sight comes to the middle, at the same zoom where it fits", () => {
    const view = { scale: 2, x: 0, y: 0 };
    const box = { x0: 600, y0: 300, x1: 700, y1: 400 };
    const shown = revealing(view, box, SCREEN);
    expect(shown.scale).toBe(2);
    expect(toScreen(shown, [650, 350])).toEqual([266, 200]);
    expect(revealing(shown, box, SCREEN)).toBe(shown);
  });

  test("an object larger than the screen is fitted", () => {
    const shown = revealing({ scale: 2, x: 900, y: 0 }, { x0: 100, y0: 100, x1: 600, y1: 200 }, SCREEN);
    expect(shown.scale).toBe(1);
    expect([toScreen(shown, [100, 150]), toScreen(shown, [600, 150])]).toEqual([
      [16, 200],
      [516, 200],
    ]);
  });

  test("an object that is half in sight, or fills half of the screen, stays where it is", () => {
    const view = { scale: 1, x: 0, y: 0 };
    expect(revealing(view, { x0: 480, y0: 0, x1: 584, y1: 100 }, SCREEN)).toBe(view);
    expect(revealing(view, { x0: -900, y0: -900, x1: 900, y1: 300 }, SCREEN)).toBe(view);
    expect(revealing(view, { x0: 490, y0: 0, x1: 590, y1: 100 }, SCREEN)).not.toBe(view);
  });

  test("seen box grows by the margin", () => {
    expect(seenBox({ scale: 2, x: 10, y: 20 }, { width: 100, height: 50 }, 10)).toEqual({
      x0: -10,
      y0: -15,
      x1: 50,
      y1: 20,
    });
  });
});

describe("spatial index", () => {
  const box = fc
    .tuple(fc.nat(3000), fc.nat(3000), fc.nat(900), fc.nat(900))
    .map(([x0, y0, width, height]) => ({ x0, y0, x1: x0 + width, y1: y0 + height }));

  test("finds what a look at every item finds, after changes too", () => {
    fc.assert(
      fc.property(fc.array(box), fc.array(box), box, (before, after, asked) => {
        const index = new SpatialIndex<object>();
        index.update(before, (item) => item as (typeof before)[number]);
        const now = [...before.slice(0, before.length / 2), ...after];
        index.update(now, (item) => item as (typeof before)[number]);
        expect(index.near(asked)).toEqual(new Set(now.filter((item) => boxesTouch(item, asked))));
      }),
    );
  });

  test("an item over very many cells is found", () => {
    const index = new SpatialIndex<string>();
    index.update(["whole"], () => ({ x0: 0, y0: 0, x1: 6000, y1: 4000 }));
    expect([...index.near({ x0: 10, y0: 10, x1: 11, y1: 11 })]).toEqual(["whole"]);
  });
});

test("level of detail is exact from life size on and halves from there", () => {
  expect([4, 1, 0.6, 0.5, 0.25, 0.001].map(levelOf)).toEqual([0, 0, 0, 1, 2, 5]);
});

test("a stroke's tiles cover what they are asked for, and no more", () => {
  expect(tilesIn({ x0: 511, y0: 10, x1: 513, y1: 20 }, 1)).toEqual([
    { x0: 0, y0: 0, x1: 512, y1: 512 },
    { x0: 512, y0: 0, x1: 1024, y1: 512 },
  ]);
  expect(tilesIn({ x0: 512, y0: 512, x1: 1024, y1: 1024 }, 1)).toHaveLength(1);
  expect(tilesIn({ x0: 2047, y0: 10, x1: 2049, y1: 20 }, 4).map(({ x1 }) => x1)).toEqual([2048, 4096]);
  expect(tilesIn({ x0: 5, y0: 5, x1: 5, y1: 9 }, 1)).toEqual([]);
});

test("channels of a colour", () => {
  expect(channelsOf("#56B4E9")).toEqual([86, 180, 233]);
});
