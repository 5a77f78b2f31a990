import { expect, test } from "vitest";
import { isSameText } from "./isSameText.ts";

test.each([
  ["Fruit", "Fruit", true],
  [" Fruit ", "Fruit", true],
  ["Fig  and\u00a0date", "Fig and date", true],
  ["Cafe\u0301", "Caf\u00e9", true],
  ["Fi\u200bg\u202e", "Fig", true],
  ["👩‍🌾 fields", "👩‍🌾 fields", true],
  ["fruit", "Fruit", false],
  ["Fruit", "Fruits", false],
])("%j typed for %j: %s", (typed, name, expected) => {
  expect(isSameText(typed, name)).toBe(expected);
});
