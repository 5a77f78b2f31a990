import { useEffect, useMemo } from "react";
import type { Editor } from "../../../editor/editor.ts";
import { type KeyChanges, type Keymap, keymapWith } from "../../../editor/keys.ts";
import { usePreference } from "./preferences.ts";

export interface PersonalKeys {
  readonly keymap: Keymap;
  readonly changes: KeyChanges;
  readonly change: (changes: KeyChanges) => void;
}

/** The person's keys, given to the editor. */
export function useKeymap(editor: Editor): PersonalKeys {
  const [changes, change] = usePreference("keys");
  const keymap = useMemo(() => keymapWith(changes), [changes]);
  useEffect(() => editor.setKeymap(keymap), [editor, keymap]);
  return { keymap, changes, change };
}
