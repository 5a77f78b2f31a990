/** Drives an editor in tests as a pointer and a keyboard would. */
import type { Point } from "../geometry/types.ts";
import { Editor } from "./editor.ts";
import { type Modifiers, NO_MODIFIERS } from "./events.ts";
import type { Instance, Shape } from "./instance.ts";
import type { EditorPorts } from "./ports.ts";

export const IMAGE = { width: 100, height: 80 };

export function polygonOf(...exterior: Point[]): Shape {
  return { kind: "polygons", polygons: [{ exterior, holes: [] }] };
}

export function instanceOf(id: string, shape: Shape, label = "fig"): Instance {
  return { id, label, shape, crowd: false, source: "manual" };
}

export const SQUARE = polygonOf([20, 20], [60, 20], [60, 60], [20, 60]);

export function makeEditor(instances: readonly Instance[] = [], ports: Partial<EditorPorts> = {}): Editor {
  let count = 0;
  const editor = new Editor(IMAGE, instances, { newId: () => `new-${++count}`, ...ports });
  editor.labels = ["fig", "date"];
  editor.setActiveLabel("fig");
  return editor;
}

type PointerKind = "pointerdown" | "pointermove" | "pointerup";

/** Sends one pointer event; answers the state the tool is in afterwards. */
export function pointer(editor: Editor, kind: PointerKind, [x, y]: Point, modifiers: Partial<Modifiers> = {}): string {
  editor.dispatch({
    kind,
    x,
    y,
    modifiers: { ...NO_MODIFIERS, ...modifiers },
    pressure: 0.5,
    pixelSize: 0.25,
    touch: false,
  });
  return editor.tool.state;
}

/** The states after each of the three events of a click. */
export function click(editor: Editor, at: Point, modifiers: Partial<Modifiers> = {}): string[] {
  return [
    pointer(editor, "pointermove", at, modifiers),
    pointer(editor, "pointerdown", at, modifiers),
    pointer(editor, "pointerup", at, modifiers),
  ];
}

/** The states after the press, each move, and the release. */
export function drag(editor: Editor, path: readonly Point[], modifiers: Partial<Modifiers> = {}): string[] {
  const [from, ...rest] = path;
  const states = [pointer(editor, "pointerdown", from ?? [0, 0], modifiers)];
  for (const at of rest) states.push(pointer(editor, "pointermove", at, modifiers));
  states.push(pointer(editor, "pointerup", rest.at(-1) ?? from ?? [0, 0], modifiers));
  return states;
}

export function key(editor: Editor, name: string, modifiers: Partial<Modifiers> = {}): boolean {
  return editor.dispatch({ kind: "key", key: name, modifiers: { ...NO_MODIFIERS, ...modifiers } });
}
