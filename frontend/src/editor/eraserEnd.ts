import type { Editor } from "./editor.ts";

/** A pen's other end: while it is down, the eraser stands in for the brush or the fill. */
export class EraserEnd {
  readonly #editor: Editor;
  #replaced: "brush" | "fill" | null = null;

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  /** Answers whether there is something to rub out with it. */
  press(): boolean {
    const { name } = this.#editor.tool;
    if (name === "brush" || name === "fill") {
      this.#editor.takeTool("eraser");
      this.#replaced = name;
    }
    return this.#editor.tool.name === "eraser";
  }

  lift(): void {
    const replaced = this.#replaced;
    this.#replaced = null;
    if (replaced && this.#editor.tool.name === "eraser") this.#editor.takeTool(replaced);
  }
}
