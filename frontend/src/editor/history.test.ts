import { expect, test } from "vitest";
import { emptyBitmap, packMask } from "../geometry/bitmap.ts";
import { stampStroke } from "../geometry/stamp.ts";
import type { Editor } from "./editor.ts";
import { drag, IMAGE, instanceOf, key, makeEditor, polygonOf } from "./editorTesting.ts";
import { History } from "./history.ts";
import { type Instance, instanceToJson, type Shape } from "./instance.ts";
import { reshape } from "./shaping.ts";

function discOf(x: number, y: number, radius: number): Shape {
  const bitmap = emptyBitmap({ x0: 0, y0: 0, x1: IMAGE.width, y1: IMAGE.height });
  stampStroke(bitmap, { from: [x, y], to: [x, y], radius, shape: "round" }, 1);
  return { kind: "mask", mask: packMask(bitmap) };
}

const stored = (editor: Editor) =>
  editor.document.instances.map((instance) => JSON.stringify(instanceToJson(instance, IMAGE)));

function undoAll(editor: Editor): void {
  while (editor.history.canUndo) editor.undo();
}

test("a thousand strokes on one object are kept as what each of them changed", () => {
  const editor = makeEditor([instanceOf("a", discOf(50, 40, 30))]);
  editor.select("a");
  editor.takeTool("brush");
  const states = stored(editor);
  for (let i = 0; i < 1000; i++) {
    editor.takeTool(i % 2 ? "brush" : "eraser");
    drag(editor, [
      [(i * 37) % 100, (i * 53) % 80],
      [(i * 37 + 6) % 100, (i * 53 + 3) % 80],
    ]);
  }
  const [after] = stored(editor);
  expect(editor.history.bytes).toBeLessThan(100_000);
  undoAll(editor);
  expect(stored(editor)).toEqual(states);
  while (editor.history.canRedo) editor.redo();
  expect(stored(editor)).toEqual([after]);
});

test("a change of someone else between two strokes breaks neither", () => {
  const editor = makeEditor([instanceOf("a", discOf(20, 20, 10))]);
  const states: string[][] = [];
  const paint = (shape: Shape) => reshape(editor, editor.document.get("a") as Instance, shape, "paint");
  const takeIn = (shape: Shape) => editor.takeIn([editor.document.replace(instanceOf("a", shape))]);
  const note = () => states.push(stored(editor));
  note();
  paint(discOf(30, 20, 15));
  note();
  takeIn(discOf(60, 40, 12));
  paint(discOf(60, 50, 12));
  note();
  paint(discOf(10, 10, 9));
  note();
  takeIn(polygonOf([1, 1], [15, 1], [1, 15]));
  paint(discOf(70, 10, 9));
  note();
  const [first, second, third, fourth, fifth] = states;
  // the step after someone else's change is taken back to what they had made of it
  const backwards: (string[] | undefined)[] = [];
  while (editor.history.canUndo) {
    editor.undo();
    backwards.push(stored(editor));
  }
  expect(backwards[1]).toEqual(third);
  expect(backwards.at(-1)).toEqual(first);
  const forwards: (string[] | undefined)[] = [];
  while (editor.history.canRedo) {
    editor.redo();
    forwards.push(stored(editor));
  }
  expect(forwards).toEqual([second, third, fourth, fifth]);
});

test("strokes between which the label is changed come back with their labels", () => {
  const editor = makeEditor([instanceOf("a", discOf(20, 20, 10))]);
  editor.select("a");
  const before = stored(editor);
  key(editor, "2");
  reshape(editor, editor.document.get("a") as Instance, discOf(30, 20, 15), "paint");
  key(editor, "1");
  const after = stored(editor);
  expect(editor.history.bytes).toBeGreaterThan(0);
  undoAll(editor);
  expect(stored(editor)).toEqual(before);
  while (editor.history.canRedo) editor.redo();
  expect(stored(editor)).toEqual(after);
});

test("no more steps are kept than the limit, and fewer of those that take much memory", () => {
  const [small, large] = [instanceOf("a", discOf(20, 20, 3)), instanceOf("a", discOf(50, 40, 38))];
  const kept = (steps: readonly Instance[]) => {
    const history = new History({ steps: 20, leastSteps: 5, bytes: 100 });
    steps.forEach((to, i) => {
      const from = steps[i - 1] ?? small;
      history.push({
        name: "fill",
        changes: [{ id: "a", before: { instance: from, index: 0 }, after: { instance: to, index: 0 } }],
      });
    });
    return countUndos(history);
  };
  expect(kept(new Array(30).fill(small))).toBe(20);
  expect(kept(Array.from({ length: 30 }, (_, i) => (i % 2 ? small : large)))).toBe(5);
});

function countUndos(history: History): number {
  let count = 0;
  while (history.takeUndo()) count++;
  return count;
}
