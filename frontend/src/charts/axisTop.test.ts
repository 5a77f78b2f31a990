import { describe, expect, it } from "vitest";
import { axisTop } from "./axisTop.ts";

describe("axisTop", () => {
  it("is the highest bar, as long as the others can be seen beside it", () => {
    expect(axisTop([3, 9, 4])).toBe(9);
    expect(axisTop([12, 4])).toBe(12);
    expect(axisTop([7, 0, 0])).toBe(7);
    expect(axisTop([])).toBe(1);
  });

  it("cuts one that is far above all others", () => {
    expect(axisTop([1270, 100, 30])).toBe(125);
    expect(axisTop([13, 4])).toBe(5);
  });
});
