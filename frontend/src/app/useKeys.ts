import { useEffect, useRef } from "react";
import { type TypedKey, typedKey } from "./typedKey.ts";

/** Actions by key: "l", "shift+v", "mod+a" (Ctrl, or Cmd on a Mac), "delete", "/", "escape". */
export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

/** Keys of a page, or of a dialog. Those of a page rest while a dialog or menu is open; all rest while one types. */
export function useKeys(keys: KeyMap, place: "page" | "dialog" = "page"): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isTyping(event.target) || (place === "page" && isOverlayOpen())) return;
      const action = latest.current[keyName(typedKey(event))];
      if (action === undefined) return;
      event.preventDefault();
      action(event);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [place]);
}

/** A key press as the key maps name it. */
export function keyName(event: TypedKey): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase().replace(/^arrow/, "");
  // Shift is part of the sign itself for "?" and the like.
  const isSign = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase();
  return [(event.ctrlKey || event.metaKey) && "mod", event.altKey && "alt", event.shiftKey && !isSign && "shift", key]
    .filter(Boolean)
    .join("+");
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button"].includes(target.type);
}

function isOverlayOpen(): boolean {
  return (
    document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"][data-overlay]') !==
    null
  );
}
