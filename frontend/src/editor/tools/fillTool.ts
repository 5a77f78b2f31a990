/** Fills the area around a click: a gap that the selected object shuts in, else pixels of a like colour. */
import { type Bitmap, bitmapBox, drawBitmap, emptyBitmap, unpackMask } from "../../geometry/bitmap.ts";
import { uniteBoxes } from "../../geometry/box.ts";
import { enclosedArea, isCutOff, similarArea } from "../../geometry/flood.ts";
import type { Point } from "../../geometry/types.ts";
import { NO_DRAFT } from "../draft.ts";
import type { Editor } from "../editor.ts";
import type { ToolEvent } from "../events.ts";
import { shapeMask } from "../instance.ts";
import { addObject, paintedMask, reshape } from "../shaping.ts";
import type { Tool } from "./tool.ts";

export class FillTool implements Tool {
  readonly name = "fill";
  readonly draft = NO_DRAFT;
  readonly cursor = null;
  readonly #editor: Editor;
  #state: "idle" | "pointing" = "idle";

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  get state(): string {
    return this.#state;
  }

  handle(event: ToolEvent): void {
    switch (event.kind) {
      case "pointerdown":
        this.#state = "pointing";
        return;
      case "pointerup":
        if (this.#state === "pointing") this.#fill([event.x, event.y]);
        this.#state = "idle";
        return;
      case "pointercancel":
        this.cancel();
        break;
    }
  }

  act(): boolean {
    return false;
  }

  cancel(): void {
    this.#state = "idle";
  }

  #fill(at: Point): void {
    const editor = this.#editor;
    const { image } = editor.document;
    const selected = editor.selected;
    if (selected && !editor.mayChange(selected.id)) return;
    const own = selected ? unpackMask(shapeMask(selected.shape, image)) : null;
    const area = (own && enclosedArea(own, ...at)) ?? this.#ofLikeColour(at);
    if (!area) return;
    const united = emptyBitmap(own ? uniteBoxes(bitmapBox(own), bitmapBox(area)) : bitmapBox(area));
    if (own) drawBitmap(united, own, 1);
    drawBitmap(united, area, 1);
    const mask = paintedMask(editor, selected, united);
    if (selected) reshape(editor, selected, { kind: "mask", mask }, "fill");
    else addObject(editor, { kind: "mask", mask }, "fill");
  }

  #ofLikeColour([x, y]: Point): Bitmap | null {
    const editor = this.#editor;
    const pixels = editor.readPixels([x, y]);
    const area = pixels && similarArea(pixels.rgba, pixels.frame, x, y, editor.settings.fillTolerance);
    if (area && isCutOff(area, editor.document.image)) editor.fillCut();
    return area;
  }
}
