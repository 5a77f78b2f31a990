import { expect, it } from "vitest";
import { flatten } from "./provenance.ts";

it("names each value by its path", () => {
  const document = {
    config: { image_size: 256, learning_rate: null },
    class_names: ["fig", "nut"],
    attempts: [{ worker: "desk" }, { worker: "rack" }],
  };
  expect(flatten(document)).toEqual([
    ["config › image size", "256"],
    ["config › learning rate", "–"],
    ["class names", "fig, nut"],
    ["attempts › 1 › worker", "desk"],
    ["attempts › 2 › worker", "rack"],
  ]);
});
