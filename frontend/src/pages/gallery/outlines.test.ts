import { expect, test } from "vitest";
import { packOutlines } from "./outlines.ts";

test("packOutlines keeps each ring with its label, and counts objects, not rings", () => {
  const packed = packOutlines([
    {
      label_id: 3,
      rings: [
        [
          [0, 0],
          [4, 0],
          [4, 2.5],
        ],
        [
          [1, 1],
          [2, 1],
          [2, 2],
        ],
      ],
    },
    { label_id: 5, rings: [] },
  ]);
  expect(packed.objectCount).toBe(2);
  expect(packed.rings.map(({ labelId, points }) => [labelId, [...points]])).toEqual([
    [3, [0, 0, 4, 0, 4, 2.5]],
    [3, [1, 1, 2, 1, 2, 2]],
  ]);
});
