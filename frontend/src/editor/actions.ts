/** What each key action does where no tool has taken it. */
import type { Change, LabelDocument } from "./document.ts";
import type { Editor } from "./editor.ts";
import { clipShape, type Instance, isEmptyShape, moveShape, type Shape, sameShape } from "./instance.ts";
import type { Action } from "./keys.ts";
import { combine, convert } from "./shaping.ts";

/** Brush sizes grow by steps that feel alike: a fifth, at least half a pixel. */
const BRUSH_STEP = 1.2;
export const BRUSH_RADIUS = { least: 0.5, most: 400 } as const;

/** Answers false for what is not the core's: other images, zoom, help. */
export function performAction(editor: Editor, action: Action): boolean {
  const label = /^label(\d+)$/.exec(action);
  if (label) return chooseLabel(editor, Number(label[1]) - 1);
  return (
    performToolAction(editor, action) || performHistoryAction(editor, action) || performObjectAction(editor, action)
  );
}

function performToolAction(editor: Editor, action: Action): boolean {
  switch (action) {
    case "newObject":
    case "closeOrNew":
      startObject(editor);
      return true;
    case "edit":
      editor.takeTool("edit");
      return true;
    case "samePart":
      // a lasso adds to the object it started, as the brush does
      editor.takeTool("polygon", editor.selected || editor.mode === "bitmap" ? "part" : "object");
      return true;
    case "hole":
      if (editor.selected) editor.takeTool("polygon", "hole");
      return true;
    case "box":
    case "ellipse":
    case "smart":
      editor.takeTool(action);
      return true;
    case "draw":
      editor.takeTool("brush");
      return true;
    case "erase":
      editor.takeTool("eraser");
      return true;
    case "fill":
      editor.takeTool("fill");
      return true;
    case "switchMode":
      editor.setMode(editor.mode === "polygon" ? "bitmap" : "polygon");
      return true;
    default:
      return performSettingAction(editor, action);
  }
}

function performSettingAction(editor: Editor, action: Action): boolean {
  const { brushRadius, brushShape, protectOthers, snaps } = editor.settings;
  switch (action) {
    case "brushSmaller":
      editor.change({ brushRadius: resizedBrush(brushRadius, 1 / BRUSH_STEP) });
      return true;
    case "brushLarger":
      editor.change({ brushRadius: resizedBrush(brushRadius, BRUSH_STEP) });
      return true;
    case "squareBrush":
      editor.change({ brushShape: brushShape === "square" ? "round" : "square" });
      return true;
    case "protectOthers":
      editor.change({ protectOthers: !protectOthers });
      return true;
    case "snap":
      editor.change({ snaps: !snaps });
      return true;
    default:
      return false;
  }
}

function performHistoryAction(editor: Editor, action: Action): boolean {
  switch (action) {
    case "undo":
      if (!editor.takeUpRing()) editor.undo();
      return true;
    case "redo":
      editor.redo();
      return true;
    case "cancel":
      if (editor.tool.name === "edit") editor.select(null);
      else if (editor.mode === "polygon") editor.takeTool("edit");
      else editor.select(null);
      return true;
    // Backspace outside of a ring: nothing is taken back, and nothing else happens by a slip
    case "takeBack":
      return true;
    default:
      return false;
  }
}

function performObjectAction(editor: Editor, action: Action): boolean {
  if (action === "hideAll" || action === "hideOthers") {
    toggleHidden(editor, action === "hideOthers" ? editor.selectedId : null);
    return true;
  }
  const selected = editor.selected;
  switch (action) {
    case "nextObject":
    case "previousObject":
      selectBeside(editor, action === "nextObject" ? 1 : -1);
      return true;
    case "delete":
      if (selected && editor.mayChange(selected.id)) deleteObjects(editor, [selected.id]);
      return true;
    case "convert":
      if (selected && editor.mayChange(selected.id)) convert(editor, selected);
      return true;
    case "unite":
    case "subtract":
      if (selected && editor.mayChange(selected.id)) combine(editor, selected, action);
      return true;
    case "duplicate":
      if (selected) paste(editor, [selected]);
      return true;
    case "raise":
    case "lower":
      if (selected) reorder(editor, selected.id, action === "raise" ? 1 : -1);
      return true;
    case "toFront":
    case "toBack":
      if (selected) reorder(editor, selected.id, (action === "toFront" ? 1 : -1) * editor.document.instances.length);
      return true;
    default:
      return false;
  }
}

/** Leaves the selected object and takes up the mode's drawing tool. */
function startObject(editor: Editor): void {
  editor.select(null);
  if (editor.mode === "bitmap") editor.takeTool("brush");
  else editor.takeTool("polygon", "object");
}

export function resizedBrush(radius: number, factor: number): number {
  const next = factor > 1 ? Math.max(radius * factor, radius + 0.5) : Math.min(radius * factor, radius - 0.5);
  return Math.min(BRUSH_RADIUS.most, Math.max(BRUSH_RADIUS.least, Math.round(next * 2) / 2));
}

/** Takes the label for what is drawn next, and gives it to the selected object. */
export function chooseLabel(editor: Editor, index: number): boolean {
  const label = editor.labels[index];
  if (label === undefined) return false;
  setLabel(editor, label);
  return true;
}

export function setLabel(editor: Editor, label: string): void {
  const selected = editor.selected;
  editor.setActiveLabel(label);
  if (!selected || selected.label === label || !editor.mayChange(selected.id)) return;
  editor.execute({ name: "setLabel", changes: [editor.document.replace({ ...selected, label })] });
}

export function deleteObjects(editor: Editor, ids: readonly string[]): void {
  // from the top down, so that each one's place is still right when it comes back
  const ordered = [...ids].sort((a, b) => editor.document.indexOf(b) - editor.document.indexOf(a));
  editor.execute({ name: "deleteObject", changes: ordered.map((id) => editor.document.remove(id)) });
}

/** Puts copies on top, a little aside where the same shape is already here; what is off a smaller image is cut away. */
export function paste(editor: Editor, instances: readonly Instance[]): number {
  const { document } = editor;
  const clipped = instances.map((instance) => ({ ...instance, shape: clipShape(instance.shape, document.image) }));
  const onImage = clipped.filter(({ shape }) => !isEmptyShape(shape));
  const changes = onImage.map((instance, i): Change => {
    const shape = besideOthers(instance.shape, document);
    const copy: Instance = { ...instance, id: editor.newId(), shape, source: "manual" };
    return { id: copy.id, before: null, after: { instance: copy, index: document.instances.length + i } };
  });
  const last = changes.at(-1);
  if (!last) return 0;
  editor.execute({ name: "paste", changes });
  editor.select(last.id);
  return changes.length;
}

/** A copy that lay exactly on another would not be seen. At the image's corner there is no further aside. */
function besideOthers(shape: Shape, document: LabelDocument): Shape {
  if (!document.instances.some((other) => sameShape(other.shape, shape))) return shape;
  const aside = moveShape(shape, PASTE_OFFSET, PASTE_OFFSET, document.image);
  return sameShape(aside, shape) || isEmptyShape(aside) ? shape : besideOthers(aside, document);
}

/** Image pixels. */
const PASTE_OFFSET = 12;

export function reorder(editor: Editor, id: string, by: number): void {
  const change = editor.document.moveTo(id, editor.document.indexOf(id) + by);
  if (change.before?.index === change.after?.index) return;
  editor.execute({ name: "reorder", changes: [change] });
}

/** The next object that is seen, in the order of the list; after the last comes the first. */
function selectBeside(editor: Editor, by: 1 | -1): void {
  const seen = editor.document.instances.filter(({ id }) => !editor.hidden.has(id));
  const at = seen.findIndex(({ id }) => id === editor.selectedId);
  const next = at < 0 && by < 0 ? seen.at(-1) : seen[(at + by + seen.length) % seen.length];
  if (next) editor.choose(next.id);
}

function toggleHidden(editor: Editor, except: string | null): void {
  if (editor.hidden.size > 0) {
    editor.setHidden([]);
    return;
  }
  editor.setHidden(editor.document.instances.map(({ id }) => id).filter((id) => id !== except));
}
