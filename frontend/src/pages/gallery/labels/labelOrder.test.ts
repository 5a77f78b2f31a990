import { describe, expect, it } from "vitest";
import type { LabelClass } from "../../../api/types.ts";
import { changedPositions, dropPlace, moveLabel } from "./labelOrder.ts";

const LABELS = ["fig", "date", "plum"].map((name, index) => label(index + 1, name, index));

describe("the order of labels", () => {
  it.each([
    [3, 0, ["plum", "fig", "date"]],
    [1, 1, ["date", "fig", "plum"]],
    [1, 99, ["date", "plum", "fig"]],
    [2, -1, ["date", "fig", "plum"]],
  ])("moves label %i to place %i", (id, to, expected) => {
    expect(moveLabel(LABELS, id, to).map(({ name }) => name)).toEqual(expected);
  });

  it("stores only positions that changed", () => {
    const after = moveLabel(LABELS, 1, 1);
    expect(changedPositions(LABELS, after).map(({ id, position }) => [id, position])).toEqual([
      [2, 0],
      [1, 1],
    ]);
    expect(changedPositions(LABELS, moveLabel(LABELS, 2, 1))).toEqual([]);
  });

  it("puts positions right that two labels share", () => {
    const shared = LABELS.map((one) => ({ ...one, position: 0 }));
    expect(changedPositions(shared, moveLabel(shared, 3, 2)).map(({ id, position }) => [id, position])).toEqual([
      [2, 1],
      [3, 2],
    ]);
  });

  it.each([
    [1, { labelId: 3, isAfter: false }, 1],
    [1, { labelId: 3, isAfter: true }, 2],
    [3, { labelId: 1, isAfter: false }, 0],
    [2, { labelId: 2, isAfter: true }, 1],
  ])("drops label %i at the edge %o", (id, edge, place) => {
    expect(dropPlace(LABELS, id, edge)).toBe(place);
  });
});

function label(id: number, name: string, position: number): LabelClass {
  return { id, name, color: "#E69F00", position, image_count: 0, instance_count: 0 };
}
