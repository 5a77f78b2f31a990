import { useEffect } from "react";
import { typedKey } from "../../../app/typedKey.ts";
import type { KeyEvent } from "../../../editor/events.ts";
import { actionFor, DEFAULT_KEYS, type KeyAction, type Keymap, type Mode } from "../../../editor/keys.ts";
import { modifiersOf } from "../canvas/pointerInput.ts";
import type { LabelingSession } from "./labelingSession.ts";

/** Fields take every key; the others keep those they are worked with, and leave the rest to the editor. */
const FIELDS = "input:not([type=checkbox], [type=range]), textarea, select, [contenteditable=true]";
const PRESSED = "button, a, input, [role=menuitem], [role=radio], [role=option]";
const PRESSING = new Set(["Enter", " "]);
/** Along the rail one goes up and down only. */
const WALKED = "[role=radiogroup], [role=toolbar]:not([aria-orientation=vertical]), [role=slider], input";
const WALKING = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "PageUp", "PageDown"]);
/** Switches and sliders, which Enter does nothing to: there it goes on to the object in hand. */
const DEAF_TO_ENTER = "input[type=checkbox], input[type=range]";

/** While an image is on its way, or cannot be opened, one can go on to others; all else would change the image that was left. */
const STEPS: readonly KeyAction[] = ["nextImage", "previousImage", "nextUnlabeled"];
/** Before any image was open. */
const FIRST_KEYS: { mode: Mode; keymap: Keymap } = { mode: "polygon", keymap: DEFAULT_KEYS };

/** Sends the page's keys to the open image's editor, wherever the focus is, unless it is where keys mean something else. */
export function useKeys(session: LabelingSession): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isTaken(event)) return;
      if (dispatchKey(session, keyEventOf(event))) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [session]);
}

export function keyEventOf(event: KeyboardEvent): KeyEvent {
  const typed = typedKey(event);
  return { kind: "key", key: typed.key, modifiers: modifiersOf(typed) };
}

/** Answers whether the key was used. */
export function dispatchKey(session: LabelingSession, event: KeyEvent): boolean {
  if (session.current) return session.current.editor.dispatch(event);
  const { mode, keymap } = session.last ?? FIRST_KEYS;
  const action = actionFor(event, mode, keymap);
  if (action === null || !STEPS.some((step) => step === action)) return false;
  session.request(action);
  return true;
}

/** Whether what has the focus uses the key itself. */
export function isTaken(event: KeyboardEvent): boolean {
  const { target, key } = event;
  if (!(target instanceof Element)) return false;
  if (target.closest(`[role=dialog], [role=menu], ${FIELDS}`)) return true;
  if (key === "Enter" && target.matches(DEAF_TO_ENTER)) return false;
  if (PRESSING.has(key)) return target.closest(PRESSED) !== null;
  return WALKING.has(key) && target.closest(WALKED) !== null;
}
