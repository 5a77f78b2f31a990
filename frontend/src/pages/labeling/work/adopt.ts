import type { Editor } from "../../../editor/editor.ts";

/** Mode, tool, label and settings go on from the image before. */
export function adopt(editor: Editor, last: Editor): void {
  editor.change(last.settings);
  editor.setKeymap(last.keymap);
  editor.setMode(last.mode);
  if (last.mode === "bitmap" || last.tool.name === "smart") editor.takeTool(last.tool.name);
  if (last.activeLabel !== null && editor.labels.includes(last.activeLabel)) editor.setActiveLabel(last.activeLabel);
}
