import { expect, test } from "vitest";
import { givenBy, isAtLeast } from "./roles.ts";

test.each([
  ["Owner", "Admin", true],
  ["Admin", "Admin", true],
  ["Developer", "Admin", false],
  ["Labeler", "Developer", false],
  [undefined, "Labeler", false],
] as const)("%s is at least %s: %s", (role, least, expected) => {
  expect(isAtLeast(role, least)).toBe(expected);
});

test("nobody gives more than they have", () => {
  expect(givenBy("Owner")).toEqual(["Owner", "Admin", "Developer", "Labeler"]);
  expect(givenBy("Admin")).toEqual(["Admin", "Developer", "Labeler"]);
});
