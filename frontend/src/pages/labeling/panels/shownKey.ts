const NAMES: Readonly<Record<string, string>> = {
  arrowleft: "←",
  arrowright: "→",
  arrowup: "↑",
  arrowdown: "↓",
  pageup: "PgUp",
  pagedown: "PgDn",
  escape: "Esc",
  backspace: "⌫",
  delete: "Del",
  enter: "Enter",
};

/** A binding ("ctrl+shift+z") as it is printed on keys ("Ctrl+Shift+Z"). */
export function shownKey(binding: string): string {
  if (binding.length === 1) return binding.toUpperCase();
  return binding
    .split("+")
    .map((part) => NAMES[part] ?? part.charAt(0).toUpperCase() + part.slice(1))
    .join("+");
}
