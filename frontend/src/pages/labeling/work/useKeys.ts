import { useEffect } from "react";
import type { KeyEvent } from "../../../editor/events.ts";
import { actionFor, DEFAULT_KEYS, type KeyAction, type Keymap, type Mode } from "../../../editor/keys.ts";
import { modifiersOf } from "../canvas/pointerInput.ts";
import type { LabelingSession } from "./labelingSession.ts";

/** Fields take every key; buttons and lists keep those they are worked with. */
const FIELDS = "input:not([type=checkbox], [type=range]), textarea, select, [contenteditable=true]";
const WORKED_BY_KEYS = "button, a, input, [role=slider], [role=menuitem], [role=radio], [role=option]";
/** Switches and sliders, which Enter does nothing to: there it goes on to the object in hand. */
const DEAF_TO_ENTER = "input[type=checkbox], input[type=range]";
const KEYS_OF_CONTROLS = new Set([
  "Enter",
  " ",
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "PageUp",
  "PageDown",
]);

/** While an image is on its way, or cannot be opened, one can go on to others; all else would change the image that was left. */
const STEPS: readonly KeyAction[] = ["nextImage", "previousImage", "nextUnlabeled"];
/** Before any image was open. */
const FIRST_KEYS: { mode: Mode; keymap: Keymap } = { mode: "polygon", keymap: DEFAULT_KEYS };

/** Sends the page's keys to the open image's editor, wherever the focus is, unless it is where keys mean something else. */
export function useKeys(session: LabelingSession): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || isTaken(event)) return;
      if (dispatchKey(session, { kind: "key", key: event.key, modifiers: modifiersOf(event) })) event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [session]);
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

function isTaken(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof Element)) return false;
  if (target.closest(`[role=dialog], [role=menu], ${FIELDS}`)) return true;
  if (event.key === "Enter" && target.matches(DEAF_TO_ENTER)) return false;
  return KEYS_OF_CONTROLS.has(event.key) && target.closest(WORKED_BY_KEYS) !== null;
}
