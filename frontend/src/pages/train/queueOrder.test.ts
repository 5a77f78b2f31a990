import { expect, it } from "vitest";
import { movedBy, movedTo, withOrder } from "./queueOrder.ts";

it("drops what is dragged before or after its target, in order", () => {
  expect(movedTo([1, 2, 3, 4], [4], 2, false)).toEqual([1, 4, 2, 3]);
  expect(movedTo([1, 2, 3, 4], [3, 1], 4, true)).toEqual([2, 4, 1, 3]);
  expect(movedTo([1, 2, 3], [2], 2, true)).toEqual([1, 2, 3]);
});

it("moves by places, not beyond the ends", () => {
  expect(movedBy([1, 2, 3], 3, -1)).toEqual([1, 3, 2]);
  expect(movedBy([1, 2, 3], 1, -1)).toEqual([1, 2, 3]);
  expect(movedBy([1, 2, 3], 1, 9)).toEqual([2, 3, 1]);
});

it("leaves the others where they are when some change places", () => {
  const queued = [1, 2, 3, 4].map((id) => ({ id }));
  expect(withOrder(queued, [4, 1]).map(({ id }) => id)).toEqual([4, 2, 3, 1]);
});
