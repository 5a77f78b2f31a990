import { expect, test } from "vitest";
import { asciiName, fileName } from "./fileName.ts";

test.each([
  [["Fruit", "100% é 🍓 & #1?x=2+3", "curves"], "Fruit-100%-é-🍓-1-x=2+3-curves"],
  [["果物", "a/b\\c: ..", "curves"], "果物-a-b-c-curves"],
  [["exe\u202egpj", ""], "exe-gpj"],
  [["con.x", "curves"], "con_.x-curves"],
  [["LPT¹", ""], "LPT¹_"],
  [["Console", "curves"], "Console-curves"],
])("%j is the file %s", (parts, name) => {
  expect(fileName(...parts)).toBe(name);
});

test("a long name keeps its end", () => {
  const name = fileName("🍓".repeat(100), "é".repeat(100), "curves");
  expect(new TextEncoder().encode(`${name}.csv`).length).toBeLessThan(255);
  expect(name).toMatch(/-curves$/);
});

test("in ASCII letters go without their marks", () => {
  expect(asciiName("100% é 🍓 & #1?x=2+3")).toBe("100-e-1-x-2-3");
  expect(asciiName("果物")).toBe("");
});
