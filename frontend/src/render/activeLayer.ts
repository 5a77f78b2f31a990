/** Draws what is being edited: the selected object with its handles, the ring or stroke in hand, the brush's cursor. */
import type { Draft } from "../editor/draft.ts";
import type { Editor } from "../editor/editor.ts";
import type { Instance } from "../editor/instance.ts";
import { MIDDLE_HANDLE_EDGE } from "../editor/tools/editTool.ts";
import { HIT_REACH } from "../editor/tools/tool.ts";
import { forEachVertex, sameVertex } from "../editor/vertices.ts";
import type { Box, Point, Size } from "../geometry/types.ts";
import { drawMarquee } from "./marquee.ts";
import { pathOf } from "./paths.ts";
import { HALO_COLOR, HALO_WIDTH, OUTLINE_WIDTH, type SceneLook } from "./sceneDrawing.ts";
import { drawSmartMarks } from "./smartDraft.ts";
import type { StrokeImage } from "./strokeImage.ts";
import { seenBox, toScreen, type View } from "./view.ts";

const CORNER_RADIUS = 4.5;
const MIDDLE_RADIUS = 2.5;
/** Handles nearer than this to the one before are left out, so that a dense outline stays an outline. */
const HANDLE_SPACING = 7;
const STROKE_ALPHA = 0.5;
const CHOSEN_HANDLE = "#3454d1";

export interface ActiveLook extends SceneLook {
  readonly selectedFill: number;
}

export interface ActiveScene {
  readonly context: CanvasRenderingContext2D;
  readonly editor: Editor;
  readonly view: View;
  readonly screen: Size;
  readonly ratio: number;
  readonly look: ActiveLook;
  readonly stroke: StrokeImage;
  /** Objects that the scene's picture does not show yet. */
  readonly pending: readonly Instance[];
  /** Joins the boxes of the stroke's changes since the last frame. */
  readonly dirty: Box;
}

/** What the pointer is on, where it is not what is being edited. */
export function hoveredOf(editor: Editor): Instance | undefined {
  const hovered = editor.hoveredId === null ? undefined : editor.document.get(editor.hoveredId);
  return hovered && hovered.id !== editor.selectedId && !editor.hidden.has(hovered.id) ? hovered : undefined;
}

/** The selected object as it is shown now; none while a stroke stands in for it. */
export function selectedOf(editor: Editor): Instance | undefined {
  const { draft } = editor.tool;
  const selected = draft.kind === "instance" ? draft.instance : (editor.preview ?? editor.selected);
  const isPainted = draft.kind === "stroke" && draft.id === selected?.id;
  return selected && !isPainted && !editor.hidden.has(selected.id) ? selected : undefined;
}

/** `view` and `screen` are those of the context's canvas. */
export function drawActive(scene: ActiveScene): void {
  const { context, editor, screen, ratio, look } = scene;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, screen.width, screen.height);
  for (const instance of scene.pending) drawShape(scene, instance, look.fill);
  const [hovered, selected] = [hoveredOf(editor), selectedOf(editor)];
  if (hovered) drawShape(scene, hovered, look.selectedFill / 2);
  if (selected) drawSelected(scene, selected);
  drawDraft(scene, editor.tool.draft);
  drawBrush(scene);
}

function drawSelected(scene: ActiveScene, instance: Instance): void {
  drawShape(scene, instance, scene.look.selectedFill);
  if (scene.editor.tool.name === "edit" && !scene.editor.isFixed(instance.id)) drawHandles(scene, instance);
}

function drawShape({ context, view, ratio, look }: ActiveScene, instance: Instance, fill: number): void {
  const color = look.colorOf(instance.label);
  const path = pathOf(instance.shape, view.scale);
  context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
  context.globalAlpha = fill;
  context.fillStyle = color;
  context.fill(path, "evenodd");
  context.globalAlpha = 1;
  context.lineJoin = "round";
  context.lineWidth = HALO_WIDTH / view.scale;
  context.strokeStyle = HALO_COLOR;
  context.stroke(path);
  context.lineWidth = OUTLINE_WIDTH / view.scale;
  context.strokeStyle = color;
  context.stroke(path);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function drawHandles({ context, editor, view, screen, look }: ActiveScene, instance: Instance): void {
  if (instance.shape.kind === "mask") return;
  const middles = new Path2D();
  const corners = new Path2D();
  const chosen = new Path2D();
  let last: Point = [Number.NEGATIVE_INFINITY, 0];
  forEachVertex(instance.shape.polygons, (ref, point, next) => {
    const [x, y] = toScreen(view, point);
    const [nextX, nextY] = toScreen(view, next);
    if (Math.hypot(nextX - x, nextY - y) >= MIDDLE_HANDLE_EDGE * HIT_REACH) {
      addCircle(middles, [(x + nextX) / 2, (y + nextY) / 2], MIDDLE_RADIUS);
    }
    if (
      x < -CORNER_RADIUS ||
      y < -CORNER_RADIUS ||
      x > screen.width + CORNER_RADIUS ||
      y > screen.height + CORNER_RADIUS
    )
      return;
    const isChosen = editor.selectedVertices.some((other) => sameVertex(other, ref));
    if (!isChosen && Math.hypot(x - last[0], y - last[1]) < HANDLE_SPACING) return;
    last = [x, y];
    addCircle(isChosen ? chosen : corners, [x, y], CORNER_RADIUS);
  });
  context.lineWidth = 1;
  context.strokeStyle = HALO_COLOR;
  context.fillStyle = look.colorOf(instance.label);
  context.fill(middles);
  context.stroke(middles);
  context.lineWidth = 1.5;
  context.fillStyle = "#fff";
  context.fill(corners);
  context.stroke(corners);
  context.fillStyle = CHOSEN_HANDLE;
  context.strokeStyle = "#fff";
  context.fill(chosen);
  context.stroke(chosen);
}

function drawDraft(scene: ActiveScene, draft: Draft): void {
  switch (draft.kind) {
    case "ring":
      drawRing(scene, draft);
      break;
    case "stroke":
      drawStroke(scene, draft);
      break;
    case "marquee":
      drawMarquee(scene.context, scene.view, draft.box);
      break;
    case "smart":
      if (draft.preview) drawShape(scene, draft.preview, scene.look.selectedFill);
      drawSmartMarks(scene.context, scene.view, draft);
      break;
    case "instance":
    case "none":
  }
}

function drawRing({ context, editor, view, look }: ActiveScene, draft: Extract<Draft, { kind: "ring" }>): void {
  const label = draft.purpose === "object" ? editor.activeLabel : (editor.selected?.label ?? editor.activeLabel);
  const color = look.colorOf(label ?? "");
  const points = draft.points.map((point) => toScreen(view, point));
  const path = new Path2D();
  for (const [x, y] of points) path.lineTo(x, y);
  for (const point of draft.follows) path.lineTo(...toScreen(view, point));
  if (draft.closes) path.closePath();
  else if (draft.cursor) path.lineTo(...toScreen(view, draft.cursor));
  context.lineJoin = "round";
  context.lineWidth = HALO_WIDTH;
  context.strokeStyle = HALO_COLOR;
  context.stroke(path);
  context.lineWidth = OUTLINE_WIDTH;
  context.strokeStyle = color;
  context.stroke(path);
  const handles = new Path2D();
  let last: Point = [Number.NEGATIVE_INFINITY, 0];
  points.forEach((point, i) => {
    if (i > 0 && Math.hypot(point[0] - last[0], point[1] - last[1]) < HANDLE_SPACING) return;
    last = point;
    addCircle(handles, point, i === 0 ? CORNER_RADIUS + 1.5 : CORNER_RADIUS - 1);
  });
  context.lineWidth = 1.5;
  context.strokeStyle = HALO_COLOR;
  context.fillStyle = "#fff";
  context.fill(handles);
  context.stroke(handles);
}

function drawStroke(scene: ActiveScene, draft: Extract<Draft, { kind: "stroke" }>): void {
  const { context, view, screen, ratio, look, stroke, dirty } = scene;
  context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
  context.globalAlpha = STROKE_ALPHA;
  const sight = { dirty, seen: seenBox(view, screen, 0), scale: view.scale * ratio };
  stroke.draw(context, draft, sight, look.colorOf(draft.label));
  context.globalAlpha = 1;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

function drawBrush({ context, editor, view }: ActiveScene): void {
  const { cursor } = editor.tool;
  if (!cursor) return;
  const [x, y] = toScreen(view, cursor.at);
  const radius = Math.max(1.5, cursor.radius * view.scale);
  const path = new Path2D();
  if (cursor.shape === "square") path.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else addCircle(path, [x, y], radius);
  context.lineWidth = 3;
  context.strokeStyle = HALO_COLOR;
  context.stroke(path);
  context.lineWidth = 1.5;
  context.strokeStyle = "#fff";
  context.setLineDash(cursor.erases ? [4, 4] : []);
  context.stroke(path);
  context.setLineDash([]);
}

function addCircle(path: Path2D, [x, y]: Point, radius: number): void {
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}
