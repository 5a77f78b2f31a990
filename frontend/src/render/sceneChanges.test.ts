import fc from "fast-check";
import { expect, test } from "vitest";
import { instanceOf, polygonOf } from "../editor/editorTesting.ts";
import type { Instance } from "../editor/instance.ts";
import { sceneChanges } from "./sceneChanges.ts";

const TRIANGLE = polygonOf([0, 0], [9, 0], [0, 9]);
const [a, b, c, d] = ["a", "b", "c", "d"].map((id) => instanceOf(id, TRIANGLE)) as Instance[];
const OBJECTS = [a, b, c, d] as Instance[];

test("what came, what went, and both states of what became another", () => {
  const other = instanceOf("b", TRIANGLE);
  expect(sceneChanges(OBJECTS, OBJECTS)).toEqual([]);
  expect(sceneChanges([a, b, c] as Instance[], [a, c, d] as Instance[])).toEqual([b, d]);
  const both = sceneChanges([a, b, c] as Instance[], [a, other, c] as Instance[]);
  expect([both?.[0] === b, both?.[1] === other, both?.length]).toEqual([true, true, 2]);
});

test("with the drawing order of others changed too, all is drawn anew", () => {
  expect(sceneChanges([a, b, c] as Instance[], [b, a, c] as Instance[])).toBeNull();
});

test("undrawing and drawing what it names leads from one scene to the other", () => {
  const scene = fc.shuffledSubarray(OBJECTS);
  fc.assert(
    fc.property(scene, scene, (before, now) => {
      const changed = sceneChanges(before, now);
      if (!changed) return;
      const rest = (objects: readonly Instance[]) => objects.filter((object) => !changed.includes(object));
      expect(rest(before)).toEqual(rest(now));
    }),
  );
});
