/** The keys of the pages, for "?" and for the help page. The editor has its own, which can be changed. */

export interface KeyLine {
  /** Its text in the catalogue `help`, under `key`. */
  name:
    | "find"
    | "keys"
    | "search"
    | "move"
    | "toggle"
    | "range"
    | "open"
    | "selectAll"
    | "clear"
    | "label"
    | "addToValidation"
    | "removeFromValidation"
    | "delete"
    | "band"
    | "menu"
    | "undo"
    | "moveLabel";
  keys: readonly string[];
}

export const KEYS_EVERYWHERE: readonly KeyLine[] = [
  { name: "find", keys: ["Ctrl K"] },
  { name: "keys", keys: ["?"] },
];

export const GALLERY_KEYS: readonly KeyLine[] = [
  { name: "search", keys: ["/"] },
  { name: "move", keys: ["←", "→", "↑", "↓"] },
  { name: "toggle", keys: ["Space"] },
  { name: "range", keys: ["Shift", "←", "→", "↑", "↓"] },
  { name: "band", keys: ["Alt"] },
  { name: "selectAll", keys: ["Ctrl A"] },
  { name: "clear", keys: ["Esc"] },
  { name: "open", keys: ["Enter"] },
  { name: "label", keys: ["L"] },
  { name: "addToValidation", keys: ["V"] },
  { name: "removeFromValidation", keys: ["Shift V"] },
  { name: "delete", keys: ["Del"] },
  { name: "undo", keys: ["Ctrl Z"] },
  { name: "menu", keys: ["Shift F10"] },
  { name: "moveLabel", keys: ["Alt", "↑", "↓"] },
];
