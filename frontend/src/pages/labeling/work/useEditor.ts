import { useCallback, useRef, useSyncExternalStore } from "react";
import type { Aspect, Editor } from "../../../editor/editor.ts";

/** A value read from the editor; the component is drawn anew only when it is another one. */
export function useEditorValue<T extends string | number | boolean | null>(
  editor: Editor,
  read: (editor: Editor) => T,
): T {
  const subscribe = useCallback((listener: () => void) => editor.subscribe(listener), [editor]);
  return useSyncExternalStore(subscribe, () => read(editor));
}

/** Draws the component anew when one of these aspects of the editor changes. */
export function useEditor(editor: Editor, ...aspects: readonly Aspect[]): void {
  const version = useRef(0);
  const key = aspects.join();
  const subscribe = useCallback(
    (listener: () => void) =>
      editor.subscribe((aspect) => {
        if (!key.split(",").includes(aspect)) return;
        version.current++;
        listener();
      }),
    [editor, key],
  );
  useSyncExternalStore(subscribe, () => version.current);
}
