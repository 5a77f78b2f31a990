import { expect, it } from "vitest";
import { takenBack } from "./takenBack.ts";

const optimized = { optimized: true, values: { fig: 0.2, nut: 0.3 } };
const figSet = { optimized: false, values: { fig: 0.7, nut: 0.3 } };
const bothSet = { optimized: false, values: { fig: 0.7, nut: 0.6 } };

it("goes back to what was before the latest change", () => {
  expect(takenBack(figSet, bothSet, bothSet)).toEqual(figSet);
  expect(takenBack(optimized, figSet, figSet)).toEqual({ optimized: true });
});

it("keeps a label that was set after the change", () => {
  expect(takenBack(optimized, figSet, bothSet)).toEqual({ optimized: false, values: { fig: 0.2 } });
});
