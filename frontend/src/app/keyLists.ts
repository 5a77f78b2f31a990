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
    | "moveLabel"
    | "alongCurve"
    | "setThreshold"
    | "walkImages"
    | "togglePrediction"
    | "toggleTruth"
    | "toEditor"
    | "undoThreshold";
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

export const STATISTICS_KEYS: readonly KeyLine[] = [
  { name: "alongCurve", keys: ["←", "→"] },
  { name: "setThreshold", keys: ["Enter"] },
  { name: "undoThreshold", keys: ["Ctrl Z"] },
  { name: "walkImages", keys: ["←", "→"] },
  { name: "togglePrediction", keys: ["P"] },
  { name: "toggleTruth", keys: ["T"] },
  { name: "toEditor", keys: ["E"] },
];
