import { expect, test } from "vitest";
import { instanceOf, key, makeEditor, SQUARE } from "./editorTesting.ts";
import { type Binding, bindingName, DEFAULT_KEYS, isReserved, keymapWith, rivalsOf } from "./keys.ts";

function bindingOf(name: string, keymap = DEFAULT_KEYS): Binding {
  const found = keymap.find((binding) => bindingName(binding) === name);
  if (!found) throw new Error(`no binding ${name}`);
  return found;
}

test("each binding has a name of its own, and the first keys do not get in each other's way", () => {
  const names = DEFAULT_KEYS.map(bindingName);
  expect(new Set(names).size).toBe(names.length);
  expect(DEFAULT_KEYS.filter((binding) => rivalsOf(binding, DEFAULT_KEYS).length > 0)).toEqual([]);
});

test("a changed key does the action, the first one no more", () => {
  const editor = makeEditor([instanceOf("a", SQUARE)]);
  editor.setKeymap(keymapWith({ delete: ["ctrl+k"] }));
  editor.select("a");
  key(editor, "Delete");
  expect(editor.document.instances).toHaveLength(1);
  key(editor, "k", { ctrl: true });
  expect(editor.document.instances).toHaveLength(0);
});

test("a key of one mode is free in the other", () => {
  const keymap = keymapWith({ "polygon.box": ["g"] });
  expect(rivalsOf(bindingOf("polygon.box", keymap), keymap).map(bindingName)).toEqual(["polygon.samePart"]);
  expect(rivalsOf(bindingOf("bitmap.fill", keymap), keymap)).toEqual([]);
});

test("a key of both modes is taken in each", () => {
  const keymap = keymapWith({ undo: ["e"] });
  expect(rivalsOf(bindingOf("undo", keymap), keymap).map(bindingName)).toEqual(["polygon.edit", "bitmap.draw"]);
});

test("numbers, Space and Tab are nobody's", () => {
  expect(["1", "9", " ", "ctrl+ ", "tab", "shift+tab"].every(isReserved)).toBe(true);
  expect(["0", "ctrl+1", "a", "enter", "table"].some(isReserved)).toBe(false);
});

test("objects go to the front and to the back, and by undo where they were", () => {
  const editor = makeEditor(["a", "b", "c"].map((id) => instanceOf(id, SQUARE)));
  const order = () => editor.document.instances.map(({ id }) => id).join("");
  editor.select("b");
  key(editor, "PageUp", { shift: true });
  expect(order()).toBe("acb");
  key(editor, "PageDown", { shift: true });
  expect(order()).toBe("bac");
  editor.undo();
  editor.undo();
  expect(order()).toBe("abc");
});

test("keys go through the objects that are seen, round and round", () => {
  const editor = makeEditor(["a", "b", "c"].map((id) => instanceOf(id, SQUARE)));
  editor.setHidden(["b"]);
  const chosen = [".", ".", ".", ",", ","].map((name) => {
    key(editor, name);
    return editor.selectedId;
  });
  expect(chosen).toEqual(["a", "c", "a", "c", "a"]);
  editor.select(null);
  key(editor, ",");
  expect(editor.selectedId).toBe("c");
});

test("where no object is seen, none is chosen", () => {
  const editor = makeEditor([instanceOf("a", SQUARE)]);
  editor.setHidden(["a"]);
  key(editor, ".");
  expect(editor.selectedId).toBeNull();
});
