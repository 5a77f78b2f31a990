/** Which key does what. Keys differ by mode as the guide has them: E edits polygons, and draws bitmaps. */
import type { KeyEvent } from "./events.ts";

export type Mode = "polygon" | "bitmap";

export const ACTIONS = [
  "newObject",
  "closeOrNew",
  "edit",
  "samePart",
  "hole",
  "box",
  "ellipse",
  "smart",
  "takeBack",
  "cancel",
  "draw",
  "erase",
  "fill",
  "brushSmaller",
  "brushLarger",
  "squareBrush",
  "protectOthers",
  "snap",
  "switchMode",
  "convert",
  "delete",
  "undo",
  "redo",
  "copy",
  "cut",
  "paste",
  "pasteLast",
  "duplicate",
  "raise",
  "lower",
  "nextObject",
  "previousObject",
  "toFront",
  "toBack",
  "unite",
  "subtract",
  "hideAll",
  "hideOthers",
  "acceptDraft",
  "rejectDraft",
  "nextDraft",
  "acceptDrafts",
  "rejectDrafts",
  "nextDraftImage",
  "background",
  "previousImage",
  "nextImage",
  "nextUnlabeled",
  "panLeft",
  "panRight",
  "panUp",
  "panDown",
  "zoomIn",
  "zoomOut",
  "fit",
  "actualSize",
  "ruler",
  "minimap",
  "palette",
  "panels",
  "help",
] as const;

export type KeyAction = (typeof ACTIONS)[number];
export type Action = KeyAction | `label${number}`;

export interface Binding {
  readonly action: KeyAction;
  /** "ctrl+shift+z": modifiers in this order, then the key in lower case. */
  readonly keys: readonly string[];
  /** Left out: in both modes. */
  readonly mode?: Mode;
}

export type Keymap = readonly Binding[];

/** What a person changed: a binding's name and its keys from then on. */
export type KeyChanges = Readonly<Record<string, readonly string[]>>;

export const DEFAULT_KEYS: Keymap = [
  { action: "newObject", keys: ["n"] },
  { action: "closeOrNew", keys: ["enter"] },
  { action: "edit", keys: ["e"], mode: "polygon" },
  { action: "samePart", keys: ["g"], mode: "polygon" },
  { action: "hole", keys: ["h"], mode: "polygon" },
  { action: "box", keys: ["r"], mode: "polygon" },
  { action: "ellipse", keys: ["o"], mode: "polygon" },
  { action: "smart", keys: ["w"] },
  { action: "draw", keys: ["e"], mode: "bitmap" },
  { action: "erase", keys: ["r"], mode: "bitmap" },
  { action: "fill", keys: ["g"], mode: "bitmap" },
  { action: "samePart", keys: ["s"], mode: "bitmap" },
  { action: "hole", keys: ["h"], mode: "bitmap" },
  { action: "edit", keys: ["v"] },
  { action: "brushSmaller", keys: ["["] },
  { action: "brushLarger", keys: ["]"] },
  { action: "squareBrush", keys: ["q"], mode: "bitmap" },
  { action: "protectOthers", keys: ["t"], mode: "bitmap" },
  { action: "snap", keys: ["t"], mode: "polygon" },
  { action: "takeBack", keys: ["backspace"] },
  { action: "cancel", keys: ["escape"] },
  { action: "switchMode", keys: ["b"] },
  { action: "convert", keys: ["c"] },
  { action: "delete", keys: ["delete"] },
  { action: "undo", keys: ["ctrl+z"] },
  { action: "redo", keys: ["ctrl+shift+z", "ctrl+y"] },
  { action: "copy", keys: ["ctrl+c"] },
  { action: "cut", keys: ["ctrl+x"] },
  { action: "paste", keys: ["ctrl+v"] },
  { action: "pasteLast", keys: ["ctrl+shift+v"] },
  { action: "duplicate", keys: ["ctrl+d"] },
  { action: "raise", keys: ["pageup"] },
  { action: "lower", keys: ["pagedown"] },
  { action: "nextObject", keys: ["."] },
  { action: "previousObject", keys: [","] },
  { action: "toFront", keys: ["shift+pageup"] },
  { action: "toBack", keys: ["shift+pagedown"] },
  { action: "unite", keys: ["j"] },
  { action: "subtract", keys: ["shift+j"] },
  { action: "hideAll", keys: ["x"] },
  { action: "hideOthers", keys: ["shift+x"] },
  { action: "acceptDraft", keys: ["y"] },
  { action: "rejectDraft", keys: ["d"] },
  { action: "nextDraft", keys: ["k"] },
  { action: "acceptDrafts", keys: ["shift+y"] },
  { action: "rejectDrafts", keys: ["shift+d"] },
  { action: "nextDraftImage", keys: ["shift+u"] },
  { action: "background", keys: ["shift+n"] },
  { action: "previousImage", keys: ["arrowleft"] },
  { action: "nextImage", keys: ["arrowright"] },
  { action: "nextUnlabeled", keys: ["u"] },
  { action: "panLeft", keys: ["shift+arrowleft"] },
  { action: "panRight", keys: ["shift+arrowright"] },
  { action: "panUp", keys: ["shift+arrowup"] },
  { action: "panDown", keys: ["shift+arrowdown"] },
  { action: "zoomIn", keys: ["+", "="] },
  { action: "zoomOut", keys: ["-"] },
  { action: "fit", keys: ["f", "0"] },
  { action: "actualSize", keys: ["a"] },
  { action: "ruler", keys: ["m"] },
  { action: "minimap", keys: ["shift+m"] },
  { action: "palette", keys: ["l"] },
  { action: "panels", keys: ["p"] },
  { action: "help", keys: ["?"] },
];

/** The key's name as bindings have it; Shift is left out where it made the character ("?"). */
export function keyName({ key, modifiers }: KeyEvent): string {
  const name = key.toLowerCase();
  const shiftMadeIt = key.length === 1 && key.toUpperCase() === key.toLowerCase();
  const shift = modifiers.shift && !shiftMadeIt;
  return `${modifiers.ctrl ? "ctrl+" : ""}${modifiers.alt ? "alt+" : ""}${shift ? "shift+" : ""}${name}`;
}

export function actionFor(event: KeyEvent, mode: Mode, keymap: Keymap): Action | null {
  const name = keyName(event);
  if (/^[1-9]$/.test(name)) return `label${Number(name)}`;
  const binding = keymap.find(({ keys, mode: only }) => keys.includes(name) && (only === undefined || only === mode));
  return binding?.action ?? null;
}

/** The first key of an action in a mode, for buttons and help. */
export function keyFor(action: KeyAction, mode: Mode, keymap: Keymap): string | null {
  return keymap.find((binding) => binding.action === action && (binding.mode ?? mode) === mode)?.keys[0] ?? null;
}

/** An action may have one binding for both modes and one for each. */
export function bindingName({ action, mode }: Binding): string {
  return mode === undefined ? action : `${mode}.${action}`;
}

/** The keymap as a person has made it. */
export function keymapWith(changes: KeyChanges): Keymap {
  return DEFAULT_KEYS.map((binding) => ({ ...binding, keys: changes[bindingName(binding)] ?? binding.keys }));
}

/** The bindings that want one of this one's keys in the same mode; the first in the list has it. */
export function rivalsOf(binding: Binding, keymap: Keymap): Binding[] {
  const name = bindingName(binding);
  return keymap.filter(
    (other) =>
      bindingName(other) !== name &&
      (other.mode === undefined || binding.mode === undefined || other.mode === binding.mode) &&
      other.keys.some((key) => binding.keys.includes(key)),
  );
}

/** Numbers choose labels, Space moves the image, Tab moves the focus: no action can have them. */
export function isReserved(key: string): boolean {
  return /^[1-9]$/.test(key) || /^(ctrl\+|alt\+|shift\+)*( |tab)$/.test(key);
}
