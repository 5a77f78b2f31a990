/** The canvas core: the document, what is selected, the tool in hand. No DOM, no fetch; events come in, listeners hear what changed. */
import { placePoint } from "../geometry/measure.ts";
import type { Box, Point, Size } from "../geometry/types.ts";
import { performAction } from "./actions.ts";
import { type Change, type Command, inverted, LabelDocument } from "./document.ts";
import type { RingPurpose } from "./draft.ts";
import { EraserEnd } from "./eraserEnd.ts";
import type { EditorEvent, Modifiers, PointerEvent, ToolEvent } from "./events.ts";
import { History } from "./history.ts";
import { type Instance, shapeBox, shapeHolds } from "./instance.ts";
import { type Action, actionFor, DEFAULT_KEYS, type Keymap, type Mode } from "./keys.ts";
import type { Conversion, EditorPorts, LeftRing } from "./ports.ts";
import { DEFAULT_SETTINGS, type Settings } from "./settings.ts";
import { type BorderPlace, borderNear } from "./snapping.ts";
import { BoxTool } from "./tools/boxTool.ts";
import { BrushTool } from "./tools/brushTool.ts";
import { EditTool } from "./tools/editTool.ts";
import { FillTool } from "./tools/fillTool.ts";
import { RingTool } from "./tools/ringTool.ts";
import { SmartTool } from "./tools/smartTool.ts";
import type { SmartPort } from "./tools/smartToolMarks.ts";
import type { Tool, ToolName } from "./tools/tool.ts";
import type { VertexRef } from "./vertices.ts";

/** "chosen": the selection came by a list or a key, and may be out of sight. */
export type Aspect = "document" | "selection" | "chosen" | "tool" | "draft" | "settings" | "visibility" | "hover";

export class Editor {
  readonly document: LabelDocument;
  readonly history = new History();
  readonly #eraserEnd = new EraserEnd(this);
  readonly #ports: EditorPorts;
  readonly #listeners = new Set<(aspect: Aspect) => void>();
  #mode: Mode = "polygon";
  #tool: Tool = new EditTool(this);
  #selectedId: string | null = null;
  #vertices: readonly VertexRef[] = [];
  #activeLabel: string | null = null;
  #hidden: ReadonlySet<string> = new Set();
  #locked: ReadonlySet<string> = new Set();
  #hoveredId: string | null = null;
  #preview: Instance | null = null;
  #settings: Settings = DEFAULT_SETTINGS;
  #keymap: Keymap = DEFAULT_KEYS;
  #leftRing: LeftRing | null = null;
  /** The last event of a gesture whose button is still down. */
  #pressed: PointerEvent | null = null;
  #isRetired = false;
  labels: readonly string[] = [];

  constructor(image: Size, instances: readonly Instance[], ports: EditorPorts) {
    this.document = new LabelDocument(image, instances);
    this.#ports = ports;
  }

  get mode(): Mode {
    return this.#mode;
  }
  get tool(): Tool {
    return this.#tool;
  }
  get selectedId(): string | null {
    return this.#selectedId;
  }
  get selected(): Instance | undefined {
    return this.#selectedId === null ? undefined : this.document.get(this.#selectedId);
  }
  get selectedVertices(): readonly VertexRef[] {
    return this.#vertices;
  }
  get activeLabel(): string | null {
    return this.#activeLabel;
  }
  get hidden(): ReadonlySet<string> {
    return this.#hidden;
  }
  get locked(): ReadonlySet<string> {
    return this.#locked;
  }
  get hoveredId(): string | null {
    return this.#hoveredId;
  }
  get preview(): Instance | null {
    return this.#preview;
  }
  get settings(): Settings {
    return this.#settings;
  }
  get keymap(): Keymap {
    return this.#keymap;
  }

  setKeymap(keymap: Keymap): void {
    this.#keymap = keymap;
    // the tools' buttons show their keys
    this.#emit("tool");
  }

  subscribe(listener: (aspect: Aspect) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Answers whether the event was used: some keys are not, nor is a pen's eraser end where there is nothing to rub out with it. */
  dispatch(event: EditorEvent): boolean {
    if (this.#isRetired) return false;
    if (event.kind !== "key") {
      if (event.kind === "pointerdown" && event.eraser && !this.#eraserEnd.press()) return false;
      this.#follow(event);
      this.#tool.handle(event);
      if (!this.#pressed) this.#eraserEnd.lift();
      return true;
    }
    const action = actionFor(event, this.#mode, this.#keymap);
    return action !== null && this.act(action);
  }

  act(action: Action): boolean {
    if (this.#isRetired) return false;
    if (!isLabelAction(action) && this.#tool.act(action)) return true;
    if (performAction(this, action)) return true;
    if (!this.#ports.request) return false;
    this.#ports.request(action);
    return true;
  }

  /**
   * The image is left. A panel may show it for a moment more, and whoever clicks there means the next one: from now on nothing
   * changes but by what is taken in from the server. A stroke under way ends where the pointer is. Answers the ring that was
   * in hand, for when one comes back.
   */
  retire(): LeftRing | null {
    if (this.#pressed) this.dispatch({ ...this.#pressed, kind: "pointerup" });
    const ring = this.#ringInHand();
    this.#tool.cancel();
    this.#isRetired = true;
    return ring;
  }

  get isRetired(): boolean {
    return this.#isRetired;
  }

  execute(command: Command): void {
    if (this.#isRetired) return;
    this.#leftRing = null;
    this.document.apply(command.changes);
    this.history.push(command);
    this.#afterChange();
  }

  get canUndo(): boolean {
    const inHand = this.#tool.draft.kind;
    return this.history.canUndo || this.#leftRing !== null || inHand === "ring" || inHand === "smart";
  }

  get canRedo(): boolean {
    return this.history.canRedo || (this.#tool instanceof SmartTool && this.#tool.canRedo);
  }

  /** Takes a ring in hand again: the one that was left last by a key or button of another tool, since when nothing was changed. */
  takeUpRing(ring = this.#leftRing): boolean {
    if (!ring || this.#isRetired) return false;
    this.setMode(ring.mode);
    if (ring.label !== null && this.labels.includes(ring.label)) this.setActiveLabel(ring.label);
    this.select(ring.selectedId);
    this.#takeTool(new RingTool(this, ring.purpose, ring.points));
    this.#leftRing = null;
    return true;
  }

  undo(): void {
    const command = this.#isRetired ? undefined : this.history.takeUndo();
    if (!command) return;
    this.document.apply(inverted(command.changes));
    this.#afterChange(command);
  }

  redo(): void {
    const command = this.#isRetired ? undefined : this.history.takeRedo();
    if (!command) return;
    this.document.apply(command.changes);
    this.#afterChange(command);
  }

  /** Takes in what someone else saved; not part of what can be undone. */
  takeIn(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.document.apply(changes);
    this.#afterChange();
  }

  select(id: string | null): void {
    const instance = id === null ? undefined : this.document.get(id);
    this.#vertices = [];
    this.#selectedId = instance?.id ?? null;
    if (instance) this.#activeLabel = instance.label;
    this.#emit("selection");
  }

  /** Selects an object that the pointer is not on: whoever shows the image brings it into view. */
  choose(id: string): void {
    this.select(id);
    this.#emit("chosen");
  }

  chooseVertices(refs: readonly VertexRef[]): void {
    this.#vertices = refs;
    this.#emit("selection");
  }

  setActiveLabel(label: string | null): void {
    this.#activeLabel = label;
    this.#emit("selection");
    if (label !== null) this.#tool.labelChosen?.();
  }

  /** The label for a new object; asks the page for one when there is none. */
  requireLabel(): string | null {
    if (this.#activeLabel === null) this.#ports.request?.("labelNeeded");
    return this.#activeLabel;
  }

  setMode(mode: Mode): void {
    if (mode === this.#mode) return;
    this.#leaveTool();
    this.#mode = mode;
    this.takeRestingTool();
  }

  takeTool(name: ToolName, purpose: RingPurpose = "object"): void {
    this.#takeTool(this.#makeTool(name, purpose));
  }

  /** Back to what the mode does when nothing else is asked for. */
  takeRestingTool(): void {
    this.takeTool(this.#mode === "bitmap" ? "brush" : "edit");
  }

  /** Shows an object otherwise than it is, until it is set or dropped: a simplification being tried. */
  setPreview(instance: Instance | null): void {
    this.#preview = instance;
    this.#emit("draft");
  }

  change(settings: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.#emit("settings");
  }

  setHidden(ids: Iterable<string>): void {
    this.#hidden = new Set(ids);
    this.#emit("visibility");
  }

  setLocked(ids: Iterable<string>): void {
    this.#locked = new Set(ids);
    this.#emit("visibility");
  }

  /** Hidden or locked: seen or not, it is not to be changed by a slip. */
  isFixed(id: string): boolean {
    return this.#hidden.has(id) || this.#locked.has(id);
  }

  /** Whether an object can be changed; where it cannot, whoever tries is told why. */
  mayChange(id: string): boolean {
    if (!this.isFixed(id)) return true;
    this.#ports.onFixed?.(this.#hidden.has(id) ? "hidden" : "locked");
    return false;
  }

  /** The topmost object that is seen under a point. */
  hitTest(point: Point): Instance | null {
    return this.document.instances.findLast((instance) => this.#isHit(instance, point)) ?? null;
  }

  /** All objects that are seen under a point, the topmost first. */
  hitsAt(point: Point): readonly Instance[] {
    return this.document.instances.filter((instance) => this.#isHit(instance, point)).reverse();
  }

  hover(point: Point | null): void {
    const id = point === null ? null : (this.hitTest(point)?.id ?? null);
    if (id === this.#hoveredId) return;
    this.#hoveredId = id;
    this.#emit("hover");
  }

  clamp(point: Point): Point {
    return placePoint(point, this.document.image.width, this.document.image.height);
  }

  /** Where a point snaps to while the magnet is on (Ctrl turns it round): the border of an object that is seen and not selected. */
  borderAt(point: Point, { pixelSize, modifiers }: { pixelSize: number; modifiers: Modifiers }): BorderPlace | null {
    if (this.#settings.snaps === modifiers.ctrl) return null;
    const others = this.document.instances.filter(({ id }) => id !== this.#selectedId && !this.#hidden.has(id));
    return borderNear(others, this.clamp(point), SNAP_REACH * pixelSize);
  }

  newId(): string {
    return this.#ports.newId();
  }

  readPixels(around: Point): { rgba: Uint8ClampedArray; frame: Box } | null {
    return this.#ports.readPixels?.(around) ?? null;
  }

  converted(conversion: Conversion): void {
    this.#ports.onConverted?.(conversion);
  }

  fillCut(): void {
    this.#ports.onFillCut?.();
  }

  draftChanged(): void {
    this.#emit("draft");
  }

  #isHit({ id, shape }: Instance, point: Point): boolean {
    const [x, y] = point;
    const { x0, y0, x1, y1 } = shapeBox(shape);
    return x >= x0 && x <= x1 && y >= y0 && y <= y1 && !this.#hidden.has(id) && shapeHolds(shape, point);
  }

  #follow(event: ToolEvent): void {
    if (event.kind === "pointerdown" || (event.kind === "pointermove" && this.#pressed)) this.#pressed = event;
    else if (event.kind === "pointerup" || event.kind === "pointercancel") this.#pressed = null;
  }

  #takeTool(tool: Tool): void {
    this.#leaveTool();
    this.#tool = tool;
    const { name } = tool;
    if (name === "brush" || name === "eraser" || name === "fill") this.#mode = "bitmap";
    else if (name === "box" || name === "ellipse") this.#mode = "polygon";
    this.#emit("tool");
  }

  #leaveTool(): void {
    this.#leftRing = this.#ringInHand() ?? this.#leftRing;
    this.#tool.cancel();
  }

  #ringInHand(): LeftRing | null {
    const tool = this.#tool;
    if (!(tool instanceof RingTool) || tool.points.length === 0) return null;
    const { points, purpose } = tool;
    return { points, purpose, mode: this.#mode, label: this.#activeLabel, selectedId: this.#selectedId };
  }

  #makeTool(name: ToolName, purpose: RingPurpose): Tool {
    switch (name) {
      case "edit":
        return new EditTool(this);
      case "polygon":
        return new RingTool(this, purpose);
      case "box":
      case "ellipse":
        return new BoxTool(this, name);
      case "brush":
      case "eraser":
        return new BrushTool(this, name);
      case "fill":
        return new FillTool(this);
      case "smart":
        return new SmartTool(this, this.#ports.smartMask ?? noSmartMask);
    }
  }

  #afterChange(restored?: Command): void {
    this.#vertices = [];
    this.#preview = null;
    const touched = restored?.changes.map(({ id }) => this.document.get(id)).findLast((now) => now !== undefined);
    if (touched) [this.#selectedId, this.#activeLabel] = [touched.id, touched.label];
    if (this.#selectedId !== null && this.document.indexOf(this.#selectedId) < 0) this.#selectedId = null;
    this.#emit("document");
    this.#emit("selection");
  }

  #emit(aspect: Aspect): void {
    for (const listener of this.#listeners) listener(aspect);
  }
}

const noSmartMask: SmartPort = () => Promise.resolve({ kind: "refused", message: "There is no smart labeling here." });

/** Screen pixels. */
const SNAP_REACH = 10;

function isLabelAction(action: Action): action is `label${number}` {
  return /^label\d+$/.test(action);
}
