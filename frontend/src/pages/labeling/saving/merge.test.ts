import fc from "fast-check";
import { expect, test } from "vitest";
import { instanceOf, makeEditor, polygonOf, SQUARE } from "../../../editor/editorTesting.ts";
import type { Instance } from "../../../editor/instance.ts";
import { changesBetween, layOver, takeInTheirs } from "./merge.ts";

const TRIANGLE = polygonOf([1, 1], [15, 1], [1, 15]);
const OTHER = polygonOf([2, 2], [30, 2], [2, 30]);

const shape = fc.constantFrom(SQUARE, TRIANGLE, OTHER);
const state = fc.uniqueArray(
  fc.tuple(fc.constantFrom("a", "b", "c", "d"), shape).map(([id, one]) => instanceOf(id, one)),
  { selector: ({ id }) => id },
);
const sorted = (instances: readonly Instance[]) => [...instances].sort((a, b) => a.id.localeCompare(b.id));

test("changes laid over their base give the state", () => {
  fc.assert(
    fc.property(state, state, (base, mine) => {
      const editor = makeEditor(base);
      editor.takeIn(layOver(changesBetween(base, mine), base));
      expect(sorted(editor.document.instances)).toEqual(sorted(mine));
    }),
  );
});

test("after taking theirs in, what differs from them is exactly mine", () => {
  fc.assert(
    fc.property(state, state, state, (base, mine, theirs) => {
      const editor = makeEditor(mine);
      const own = changesBetween(base, mine);
      editor.takeIn(takeInTheirs(mine, own, theirs));
      const ids = own.map(({ id }) => id);
      for (const { id } of changesBetween(theirs, editor.document.instances)) expect(ids).toContain(id);
      for (const { id, mine: kept } of own) expect(editor.document.get(id) ?? null).toEqual(kept);
    }),
  );
});
