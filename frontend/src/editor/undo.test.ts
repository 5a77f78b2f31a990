import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Point } from "../geometry/types.ts";
import { paste } from "./actions.ts";
import { COMMANDS } from "./document.ts";
import { Editor } from "./editor.ts";
import { click, drag, IMAGE, instanceOf, key, makeEditor, polygonOf, SQUARE } from "./editorTesting.ts";
import { type Instance, instanceToJson } from "./instance.ts";
import { restore, simplified, simplify } from "./shaping.ts";

const STEPS = 100;

type Step =
  | { readonly do: "ring" | "drag"; readonly points: readonly Point[] }
  | { readonly do: "click" | "doubleclick"; readonly at: Point }
  | { readonly do: "key"; readonly key: string; readonly ctrl: boolean; readonly shift: boolean }
  | { readonly do: "select" | "corner" | "copy"; readonly nth: number }
  | { readonly do: "restore"; readonly nth: number }
  | { readonly do: "simplify"; readonly tolerance: number };

const point = fc.tuple(fc.nat(IMAGE.width * 4), fc.nat(IMAGE.height * 4)).map(([x, y]): Point => [x / 4, y / 4]);
const points = (least: number, most: number) => fc.array(point, { minLength: least, maxLength: most });
const press = (...keys: string[]) =>
  fc.constantFrom(...keys).map((name): Step => {
    const parts = name.split("+");
    return { do: "key", key: parts.at(-1) ?? "", ctrl: parts.includes("ctrl"), shift: parts.includes("shift") };
  });
const nth = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: points(3, 6).map((ring): Step => ({ do: "ring", points: ring })) },
  { weight: 4, arbitrary: points(2, 4).map((path): Step => ({ do: "drag", points: path })) },
  { weight: 3, arbitrary: nth.map((n): Step => ({ do: "select", nth: n })) },
  { weight: 3, arbitrary: nth.map((n): Step => ({ do: "corner", nth: n })) },
  point.map((at): Step => ({ do: "click", at })),
  point.map((at): Step => ({ do: "doubleclick", at })),
  nth.map((n): Step => ({ do: "copy", nth: n })),
  nth.map((n): Step => ({ do: "restore", nth: n })),
  fc.integer({ min: 1, max: 24 }).map((twice): Step => ({ do: "simplify", tolerance: twice / 2 })),
  { weight: 6, arbitrary: press("n", "b", "e", "v", "g", "h", "r", "o", "s", "t", "q", "[", "]") },
  { weight: 3, arbitrary: press("c", "j", "shift+J", "Delete", "ctrl+d", "PageUp", "PageDown", "1", "2") },
  // what was undone half-way and what was done instead belongs to it
  press("ctrl+z", "ctrl+y", "Escape", "Backspace"),
);

/** Half the picture is dark, so that a fill by colour finds an end. */
function pixels() {
  const rgba = new Uint8ClampedArray(IMAGE.width * IMAGE.height * 4);
  rgba.fill(200, 0, rgba.length / 2);
  return { rgba, frame: { x0: 0, y0: 0, x1: IMAGE.width, y1: IMAGE.height } };
}

function nthId(editor: Editor, n: number): string | null {
  const { instances } = editor.document;
  return instances[n % Math.max(1, instances.length)]?.id ?? null;
}

function run(editor: Editor, one: Step): void {
  switch (one.do) {
    case "ring":
      for (const at of one.points) click(editor, at);
      key(editor, "Enter");
      return;
    case "drag":
      drag(editor, one.points);
      return;
    case "click":
      click(editor, one.at);
      return;
    case "doubleclick":
      editor.dispatch({ kind: "doubleclick", x: one.at[0], y: one.at[1], pixelSize: 1 });
      return;
    case "key":
      key(editor, one.key, { ctrl: one.ctrl, shift: one.shift });
      return;
    case "select":
      editor.select(nthId(editor, one.nth));
      return;
    case "corner":
      takeCorner(editor, one.nth);
      return;
    case "copy":
      paste(editor, editor.document.instances.slice(one.nth % 3, 2));
      return;
    case "restore":
      restore(editor, otherState(editor, one.nth));
      return;
    case "simplify":
      if (editor.selected) simplify(editor, editor.selected, simplified(editor.selected, one.tolerance));
  }
}

/** Another order, an object less, one more, one changed. */
function otherState(editor: Editor, n: number): Instance[] {
  const turned = editor.document.instances.filter(({ id }) => id !== `past-${n}`).toReversed();
  turned.splice(n % 4, 1, instanceOf(`past-${n}`, SQUARE));
  const last = turned.pop();
  return last && last.id !== `past-${n}` ? [{ ...last, shape: SQUARE }, ...turned] : turned;
}

/** Drags a corner, deletes it, or makes another in the middle of its edge. */
function takeCorner(editor: Editor, n: number): void {
  const shape = editor.selected?.shape;
  if (shape?.kind !== "polygons") return;
  editor.takeTool("edit");
  const ring = shape.polygons[n % shape.polygons.length]?.exterior ?? [];
  const [x, y] = ring[n % ring.length] as Point;
  const [nextX, nextY] = ring[(n + 1) % ring.length] as Point;
  if (n % 3 === 0) click(editor, [x, y], { alt: true });
  else if (n % 3 === 1)
    drag(editor, [
      [x, y],
      [x + 3, y + 4],
      [(x + 31) % 90, (y + 17) % 70],
    ]);
  else editor.dispatch({ kind: "doubleclick", x: (x + nextX) / 2, y: (y + nextY) / 2, pixelSize: 0.25 });
}

function stored(editor: Editor): string {
  return JSON.stringify(editor.document.instances.map((instance) => instanceToJson(instance, IMAGE)));
}

class WatchedEditor extends Editor {
  readonly done = new Set<string>();

  override execute(command: Parameters<Editor["execute"]>[0]): void {
    this.done.add(command.name);
    super.execute(command);
  }
}

describe("a hundred steps of any kind", () => {
  const covered = new Set<string>();
  // smart labeling asks a server, and is tested with its tool
  const expected = COMMANDS.filter((name: string) => name !== "smart");
  afterAll(() => expect([...covered].sort()).toEqual([...expected].sort()));

  test("undone are the state before, and redone the state after, bit for bit", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: STEPS, maxLength: STEPS }), (steps) => {
        let count = 0;
        const instances = [instanceOf("a", SQUARE), instanceOf("b", polygonOf([1, 1], [15, 1], [1, 15]), "date")];
        const editor = new WatchedEditor(IMAGE, instances, { newId: () => `new-${++count}`, readPixels: pixels });
        editor.labels = ["fig", "date"];
        editor.setActiveLabel("fig");
        const before = stored(editor);
        for (const one of steps) run(editor, one);
        editor.takeTool("edit");
        const after = stored(editor);
        let undone = 0;
        for (; editor.history.canUndo; undone++) editor.undo();
        expect(stored(editor)).toBe(before);
        for (let i = 0; i < undone; i++) editor.redo();
        expect(stored(editor)).toBe(after);
        for (const name of editor.done) covered.add(name);
      }),
      { numRuns: 60 },
    );
  });
});

test("undo takes back the points of a ring in hand before anything that is done", () => {
  const editor = makeEditor([instanceOf("a", SQUARE)]);
  editor.select("a");
  key(editor, "2");
  key(editor, "n");
  click(editor, [5, 5]);
  click(editor, [9, 5]);
  key(editor, "z", { ctrl: true });
  key(editor, "z", { ctrl: true });
  expect([editor.tool.draft.kind, editor.document.get("a")?.label]).toEqual(["none", "date"]);
  key(editor, "z", { ctrl: true });
  expect(editor.document.get("a")?.label).toBe("fig");
});
