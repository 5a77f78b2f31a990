import { expect, test } from "vitest";
import type { ImageItem } from "../../../api/types.ts";
import { backgroundChoice } from "./backgroundChoice.ts";

const [OBJECTS, MARKED, OPEN, UNSEEN] = [1, 2, 3, 4];
const ITEMS = new Map([
  [OBJECTS, { instance_count: 2, background: false }],
  [MARKED, { instance_count: 0, background: true }],
  [OPEN, { instance_count: 0, background: false }],
]);

test.each([
  { ids: [OPEN], choice: "mark" },
  { ids: [MARKED, OPEN], choice: "mark" },
  { ids: [MARKED, UNSEEN], choice: "mark" },
  { ids: [MARKED], choice: "takeBack" },
  { ids: [OBJECTS, MARKED], choice: "takeBack" },
  { ids: [OBJECTS, OPEN], choice: null },
  { ids: [OBJECTS, UNSEEN], choice: null },
])("of images $ids it can be said: $choice", ({ ids, choice }) => {
  expect(backgroundChoice(ids, (id) => ITEMS.get(id) as ImageItem | undefined)).toBe(choice);
});
