import { expect, test } from "vitest";
import { findLabels } from "./findLabels.ts";

const LABELS = ["frying pan", "fig leaf", "Fig", "hazelnut", "config"].map((name, id) => ({
  id,
  name,
  color: "#000000",
  position: id,
  image_count: 0,
  instance_count: 0,
}));

function found(letters: string): string[] {
  return findLabels(LABELS, letters).map(({ name }) => name);
}

test("the label that was typed comes first, then what begins with it, then what holds it", () => {
  expect(found(" fig")).toEqual(["Fig", "fig leaf", "config", "frying pan"]);
});

test("some letters in order are enough, and none find all in their order", () => {
  expect(found("hzn")).toEqual(["hazelnut"]);
  expect(found("xz")).toEqual([]);
  expect(found("")).toEqual(LABELS.map(({ name }) => name));
});
