import { describe, expect, it } from "vitest";
import { bundleFolder } from "./downloadQueries.ts";

describe("bundleFolder", () => {
  it.each([
    ["fruit-2", "fruit-2-best-slow"],
    ["my model ü", "my-model-u-best-slow"],
    ["../etc", "etc-best-slow"],
    ["模型", "model-7-best-slow"],
  ])("calls the folder of %s as the server does", (name, folder) => {
    expect(bundleFolder({ id: 7, name }, "best", "slow")).toBe(folder);
  });
});
