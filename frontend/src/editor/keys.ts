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
  "takeBack",
  "cancel",
  "draw",
  "erase",
  "fill",
  "brushSmaller",
  "brushLarger",
  "switchMode",
  "convert",
  "delete",
  "undo",
  "redo",
  "copy",
  "paste",
  "pasteLast",
  "duplicate",
  "raise",
  "lower",
  "unite",
  "subtract",
  "hideAll",
  "hideOthers",
  "previousImage",
  "nextImage",
  "nextUnlabeled",
  "zoomIn",
  "zoomOut",
  "fit",
  "actualSize",
  "palette",
  "panels",
  "help",
] as const;

export type KeyAction = (typeof ACTIONS)[number];
export type Action = KeyAction | `label${number}`;

interface Binding {
  readonly action: KeyAction;
  /** "ctrl+shift+z": modifiers in this order, then the key in lower case. */
  readonly keys: readonly string[];
  /** Left out: in both modes. */
  readonly mode?: Mode;
}

export type Keymap = readonly Binding[];

export const DEFAULT_KEYS: Keymap = [
  { action: "newObject", keys: ["n"] },
  { action: "closeOrNew", keys: ["enter"] },
  { action: "edit", keys: ["e"], mode: "polygon" },
  { action: "samePart", keys: ["g"], mode: "polygon" },
  { action: "hole", keys: ["h"], mode: "polygon" },
  { action: "box", keys: ["r"], mode: "polygon" },
  { action: "ellipse", keys: ["o"], mode: "polygon" },
  { action: "draw", keys: ["e"], mode: "bitmap" },
  { action: "erase", keys: ["r"], mode: "bitmap" },
  { action: "fill", keys: ["g"], mode: "bitmap" },
  { action: "samePart", keys: ["s"], mode: "bitmap" },
  { action: "hole", keys: ["h"], mode: "bitmap" },
  { action: "edit", keys: ["v"] },
  { action: "brushSmaller", keys: ["["] },
  { action: "brushLarger", keys: ["]"] },
  { action: "takeBack", keys: ["backspace"] },
  { action: "cancel", keys: ["escape"] },
  { action: "switchMode", keys: ["b"] },
  { action: "convert", keys: ["c"] },
  { action: "delete", keys: ["delete"] },
  { action: "undo", keys: ["ctrl+z"] },
  { action: "redo", keys: ["ctrl+shift+z", "ctrl+y"] },
  { action: "copy", keys: ["ctrl+c"] },
  { action: "paste", keys: ["ctrl+v"] },
  { action: "pasteLast", keys: ["ctrl+shift+v"] },
  { action: "duplicate", keys: ["ctrl+d"] },
  { action: "raise", keys: ["pageup"] },
  { action: "lower", keys: ["pagedown"] },
  { action: "unite", keys: ["j"] },
  { action: "subtract", keys: ["shift+j"] },
  { action: "hideAll", keys: ["x"] },
  { action: "hideOthers", keys: ["shift+x"] },
  { action: "previousImage", keys: ["arrowleft"] },
  { action: "nextImage", keys: ["arrowright"] },
  { action: "nextUnlabeled", keys: ["u"] },
  { action: "zoomIn", keys: ["+", "="] },
  { action: "zoomOut", keys: ["-"] },
  { action: "fit", keys: ["f", "0"] },
  { action: "actualSize", keys: ["a"] },
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
