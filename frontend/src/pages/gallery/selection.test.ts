import { describe, expect, test } from "vitest";
import {
  meantBy,
  NOTHING_SELECTED,
  selectAll,
  selectBand,
  selectOnly,
  selectRange,
  toggle,
  without,
} from "./selection.ts";

const ORDER = [10, 20, 30, 40, 50];
const idsOf = (selection: { ids: ReadonlySet<number> }) => [...selection.ids].sort((a, b) => a - b);

describe("toggle", () => {
  test("adds, takes away, and moves the anchor", () => {
    const two = toggle(selectOnly(10), 30);
    expect(idsOf(two)).toEqual([10, 30]);
    expect(two.anchor).toBe(30);
    expect(idsOf(toggle(two, 10))).toEqual([30]);
  });

  test("leaves the former selection as it was", () => {
    const one = selectOnly(10);
    toggle(one, 20);
    expect(idsOf(one)).toEqual([10]);
  });
});

describe("selectRange", () => {
  test("runs from the anchor, in either direction", () => {
    expect(idsOf(selectRange(selectOnly(20), 40, ORDER, { keepOthers: false }))).toEqual([20, 30, 40]);
    expect(idsOf(selectRange(selectOnly(40), 20, ORDER, { keepOthers: false }))).toEqual([20, 30, 40]);
  });

  test("keeps the anchor, so that a second range replaces the first", () => {
    const first = selectRange(selectOnly(20), 50, ORDER, { keepOthers: false });
    expect(idsOf(selectRange(first, 10, ORDER, { keepOthers: false }))).toEqual([10, 20]);
  });

  test("keeps the others with Ctrl", () => {
    const apart = toggle(selectOnly(10), 40);
    expect(idsOf(selectRange(apart, 50, ORDER, { keepOthers: true }))).toEqual([10, 40, 50]);
  });

  test("is a plain click without an anchor, or when the anchor is not shown any more", () => {
    expect(selectRange(NOTHING_SELECTED, 30, ORDER, { keepOthers: false })).toEqual(selectOnly(30));
    expect(selectRange(selectOnly(99), 30, ORDER, { keepOthers: false })).toEqual(selectOnly(30));
  });
});

test("selectRange without an anchor begins where the focus was", () => {
  const range = selectRange(NOTHING_SELECTED, 30, ORDER, { keepOthers: false, from: 20 });
  expect(range).toEqual({ ids: new Set([20, 30]), anchor: 20 });
  expect(idsOf(selectRange(selectOnly(40), 50, ORDER, { keepOthers: false, from: 10 }))).toEqual([40, 50]);
});

describe("selectBand", () => {
  test("takes the place of what was selected, or adds to it", () => {
    expect(selectBand(selectOnly(10), [30, 40], { keepOthers: false })).toEqual({ ids: new Set([30, 40]), anchor: 30 });
    expect(idsOf(selectBand(selectOnly(10), [30, 40], { keepOthers: true }))).toEqual([10, 30, 40]);
  });

  test("over nothing leaves nothing, or what was there", () => {
    expect(selectBand(selectOnly(10), [], { keepOthers: false })).toEqual(NOTHING_SELECTED);
    expect(selectBand(selectOnly(10), [], { keepOthers: true })).toEqual(selectOnly(10));
  });
});

test("selectAll takes every id of the order", () => {
  expect(idsOf(selectAll(ORDER))).toEqual(ORDER);
});

test("meantBy: a right-click within the selection means all of it, beside it that image alone", () => {
  const two = toggle(selectOnly(10), 30);
  expect(meantBy(two, 30)).toBe(two);
  expect(idsOf(meantBy(two, 50))).toEqual([50]);
});

test("without lets go of images and of the anchor", () => {
  const two = toggle(selectOnly(10), 30);
  expect(without(two, new Set([30]))).toEqual({ ids: new Set([10]), anchor: null });
  expect(without(two, new Set([10]))).toEqual({ ids: new Set([30]), anchor: 30 });
});
