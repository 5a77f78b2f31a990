import { expect, test } from "vitest";
import { isDay } from "./days.ts";

test.each(["2026-01-31", "1970-01-01", "2024-02-29"])("%s is a day", (text) => {
  expect(isDay(text)).toBe(true);
});

test.each(["", "2026-1-31", "2026-02-30", "0020-01-31", "2026-01-31T00:00:00Z", "today"])("%o is none", (text) => {
  expect(isDay(text)).toBe(false);
});
