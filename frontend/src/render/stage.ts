/**
 * Three canvases over each other: image, objects, what is being edited. The lower two are drawn with a margin and, while the view
 * moves, only shifted and scaled as they are; they are drawn anew when little is in sight, when the margin runs out, or when the view
 * rests.
 */
import type { Aspect, Editor } from "../editor/editor.ts";
import { type Instance, shapeBox } from "../editor/instance.ts";
import { boxesTouch, EMPTY_BOX, uniteBoxes } from "../geometry/box.ts";
import type { Box, Point, Size } from "../geometry/types.ts";
import { type ActiveLook, drawActive } from "./activeLayer.ts";
import type { ImagePyramid } from "./imagePyramid.ts";
import { drawScene, drawSceneSteps } from "./sceneLayer.ts";
import { SpatialIndex } from "./spatialIndex.ts";
import { StrokeImage } from "./strokeImage.ts";
import { centred, fitView, panned, revealing, seenBox, toImage, type View, zoomedAt } from "./view.ts";

/** Screen pixels around the canvas that are drawn beforehand. */
const MARGIN = 200;
/** With no more objects than this in sight they are drawn sharp in every frame of a pan or zoom; rastering more takes too long. */
const FEW_OBJECTS = 60;
/** While the zoom changes the image is drawn with half the pixels each way, in a quarter of the time; sharp again at rest. */
const ZOOMING_SHRINK = 0.5;
/** The view rests when it has not moved for this long. */
const REST_MS = 120;

interface Layer {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  drawnAt: View | null;
  /** What was drawn takes this part of the canvas's width and height. */
  shrink: number;
  /** Cheap enough to be drawn in every frame. */
  isCheap: boolean;
}

/** Many objects on their way into a canvas that is not shown yet, some in each frame. */
interface SlowDrawing {
  readonly view: View;
  readonly steps: Generator<void>;
}

export class Stage {
  readonly #image: Layer;
  readonly #scene: Layer;
  readonly #active: Layer;
  readonly #back: Layer = makeLayer(document.createElement("canvas"));
  readonly #stroke = new StrokeImage();
  readonly #index = new SpatialIndex<Instance>();
  readonly #onView: (view: View) => void;
  #editor: Editor | null = null;
  #unsubscribe: () => void = () => undefined;
  #pyramid: ImagePyramid | null = null;
  #look: ActiveLook;
  #view: View = { scale: 1, x: 0, y: 0 };
  #screen: Size = { width: 0, height: 0 };
  #ratio = 1;
  #frame = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #stale = { image: true, scene: true, index: true };
  #isResting = true;
  #isZooming = false;
  #slow: SlowDrawing | null = null;
  #dirty: Box = EMPTY_BOX;
  /** The objects in the scene's canvas, as they are there. */
  #drawn: readonly Instance[] = [];

  constructor(
    canvases: { image: HTMLCanvasElement; scene: HTMLCanvasElement; active: HTMLCanvasElement },
    look: ActiveLook,
    onView: (view: View) => void,
  ) {
    this.#image = makeLayer(canvases.image);
    this.#scene = makeLayer(canvases.scene);
    this.#active = makeLayer(canvases.active);
    this.#look = look;
    this.#onView = onView;
  }

  get view(): View {
    return this.#view;
  }

  get screen(): Size {
    return this.#screen;
  }

  /** Shows another image; its view is fitted. */
  show(editor: Editor, pyramid: ImagePyramid | null): void {
    this.#unsubscribe();
    this.#editor = editor;
    this.#hang(pyramid);
    this.#unsubscribe = editor.subscribe((aspect) => this.#changed(aspect));
    this.fit();
    this.#redraw();
  }

  /** The image's pixels came. */
  setImage(pyramid: ImagePyramid): void {
    if (pyramid === this.#pyramid) return;
    this.#hang(pyramid);
    this.#repaintImage();
  }

  setLook(look: ActiveLook): void {
    // the one it was made with comes again when the page has been drawn: a thousand objects need not be
    if (look === this.#look) return;
    this.#look = look;
    this.#stale.scene = true;
    this.#request();
  }

  resize(screen: Size, ratio: number): void {
    const isFirst = this.#screen.width === 0;
    this.#screen = screen;
    this.#ratio = ratio;
    sizeCanvas(this.#image.canvas, screen, MARGIN, ratio);
    sizeCanvas(this.#scene.canvas, screen, MARGIN, ratio);
    sizeCanvas(this.#back.canvas, screen, MARGIN, ratio);
    sizeCanvas(this.#active.canvas, screen, 0, ratio);
    if (isFirst) this.fit();
    this.#redraw();
  }

  fit(): void {
    if (this.#editor && this.#screen.width > 0) this.#moveTo(fitView(this.#editor.document.image, this.#screen));
  }

  actualSize(): void {
    if (this.#editor) this.#moveTo(centred(this.#editor.document.image, this.#screen, 1));
  }

  zoomAt(point: Point, factor: number): void {
    this.#isZooming = true;
    this.#moveTo(zoomedAt(this.#view, point, factor));
  }

  zoomCentre(factor: number): void {
    this.zoomAt([this.#screen.width / 2, this.#screen.height / 2], factor);
  }

  panBy(dx: number, dy: number): void {
    if (this.#editor) this.#moveTo(panned(this.#view, dx, dy, this.#editor.document.image, this.#screen));
  }

  /** Brings a box of the image into view, where it is not. */
  reveal(box: Box): void {
    if (this.#screen.width === 0) return;
    const view = revealing(this.#view, box, this.#screen);
    if (view !== this.#view) this.#moveTo(view);
  }

  imagePoint(point: Point): Point {
    return toImage(this.#view, point);
  }

  close(): void {
    this.#unsubscribe();
    this.#hang(null);
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
  }

  #hang(pyramid: ImagePyramid | null): void {
    if (this.#pyramid) this.#pyramid.onBetterLevel = null;
    this.#pyramid = pyramid;
    if (pyramid) pyramid.onBetterLevel = () => this.#repaintImage();
  }

  #repaintImage(): void {
    this.#stale.image = true;
    this.#request();
  }

  #moveTo(view: View): void {
    this.#view = view;
    clearTimeout(this.#rest);
    this.#isResting = false;
    this.#rest = setTimeout(() => {
      this.#isResting = true;
      this.#isZooming = false;
      this.#stale.image ||= this.#image.drawnAt !== this.#view || this.#image.shrink < 1;
      this.#request();
    }, REST_MS);
    this.#onView(view);
    this.#request();
  }

  #changed(aspect: Aspect): void {
    if (aspect === "document") this.#stale.index = true;
    if (aspect === "chosen") this.#revealSelected();
    if (aspect === "document" || aspect === "selection" || aspect === "visibility") this.#checkScene();
    const draft = this.#editor?.tool.draft;
    if (aspect === "draft" && draft?.kind === "stroke") this.#dirty = uniteBoxes(this.#dirty, draft.dirty);
    this.#request();
  }

  #revealSelected(): void {
    const selected = this.#editor?.selected;
    if (selected) this.reveal(shapeBox(selected.shape));
  }

  /** The selected object is not in the scene: while it alone changes, a thousand others need not be drawn again. */
  #checkScene(): void {
    if (this.#stale.scene || !this.#editor) return;
    const shown = this.#shown(this.#editor);
    this.#stale.scene = shown.length !== this.#drawn.length || shown.some((instance, i) => instance !== this.#drawn[i]);
  }

  #shown(editor: Editor): readonly Instance[] {
    return editor.document.instances.filter(({ id }) => id !== editor.selectedId && !editor.hidden.has(id));
  }

  #redraw(): void {
    this.#stale = { image: true, scene: true, index: true };
    this.#request();
  }

  #request(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const editor = this.#editor;
    if (!editor || this.#screen.width === 0) return;
    const drawsImage = this.#mustDraw(this.#image, this.#stale.image);
    if (drawsImage) this.#drawImage();
    else this.#place(this.#image);
    this.#drawScene(editor, drawsImage);
    if (editor.tool.draft.kind !== "stroke") this.#stroke.clear();
    drawActive({
      context: this.#active.context,
      editor,
      view: this.#view,
      screen: this.#screen,
      ratio: this.#ratio,
      look: this.#look,
      stroke: this.#stroke,
      dirty: this.#dirty,
    });
    this.#dirty = EMPTY_BOX;
  }

  #mustDraw(layer: Layer, isStale: boolean): boolean {
    if (isStale || layer.drawnAt === null) return true;
    if (layer.drawnAt === this.#view) return false;
    return layer.isCheap || !this.#covers(layer.drawnAt);
  }

  /** Whether what was drawn at an earlier view, margin included, still fills the screen sharply enough. */
  #covers(then: View): boolean {
    const by = this.#view.scale / then.scale;
    if (by > 2 || by < 0.5) return false;
    const left = this.#view.x - (then.x + MARGIN) * by;
    const top = this.#view.y - (then.y + MARGIN) * by;
    const width = (this.#screen.width + 2 * MARGIN) * by;
    const height = (this.#screen.height + 2 * MARGIN) * by;
    return left <= 0 && top <= 0 && left + width >= this.#screen.width && top + height >= this.#screen.height;
  }

  #drawImage(): void {
    this.#image.shrink = this.#isZooming && !this.#stale.image ? ZOOMING_SHRINK : 1;
    this.#stale.image = false;
    const ratio = this.#ratio * this.#image.shrink;
    this.#paint(this.#image, (context) => {
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.#pyramid?.draw(context, this.#view, this.#screen, MARGIN, ratio);
    });
  }

  /**
   * What changed is drawn at once; many objects that are only to be seen sharper or farther, some in each frame that has not the
   * image to draw.
   */
  #drawScene(editor: Editor, isBusy: boolean): void {
    const layer = this.#scene;
    const isMoved = layer.drawnAt !== this.#view;
    if (this.#stale.scene || layer.drawnAt === null || (isMoved && layer.isCheap)) {
      this.#slow = null;
      this.#drawObjects(editor);
      return;
    }
    if (!this.#slow && isMoved && (this.#isResting || !this.#covers(layer.drawnAt))) this.#beginSlowly(editor);
    if (this.#slow && isBusy) this.#request();
    else if (this.#slow) this.#goOnSlowly(this.#slow);
    this.#place(layer);
  }

  #drawObjects(editor: Editor): void {
    this.#stale.scene = false;
    this.#paint(this.#scene, (context) => {
      const shown = this.#inSight(editor);
      this.#map(context);
      drawScene(context, shown, this.#view.scale, this.#look);
      this.#scene.isCheap = shown.length <= FEW_OBJECTS;
    });
  }

  #beginSlowly(editor: Editor): void {
    const { canvas, context } = this.#back;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    const shown = this.#inSight(editor);
    this.#map(context);
    this.#slow = { view: this.#view, steps: drawSceneSteps(context, shown, this.#view.scale, this.#look) };
    this.#scene.isCheap = shown.length <= FEW_OBJECTS;
  }

  #goOnSlowly({ view, steps }: SlowDrawing): void {
    this.#request();
    if (!steps.next().done) return;
    const { canvas, context } = this.#scene;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(this.#back.canvas, 0, 0);
    this.#scene.drawnAt = view;
    this.#slow = null;
  }

  /** The objects that the canvas, margin included, has to show. */
  #inSight(editor: Editor): Instance[] {
    if (this.#stale.index) this.#index.update(editor.document.instances, (instance) => shapeBox(instance.shape));
    this.#stale.index = false;
    const seen = seenBox(this.#view, this.#screen, MARGIN);
    const near = this.#index.near(seen);
    this.#drawn = this.#shown(editor);
    return this.#drawn.filter((instance) => near.has(instance) && boxesTouch(shapeBox(instance.shape), seen));
  }

  /** Lets a canvas with a margin take image pixels. */
  #map(context: CanvasRenderingContext2D): void {
    const scale = this.#ratio * this.#view.scale;
    context.setTransform(
      scale,
      0,
      0,
      scale,
      this.#ratio * (this.#view.x + MARGIN),
      this.#ratio * (this.#view.y + MARGIN),
    );
  }

  #paint(layer: Layer, draw: (context: CanvasRenderingContext2D) => void): void {
    layer.context.setTransform(1, 0, 0, 1, 0, 0);
    layer.context.clearRect(0, 0, layer.canvas.width, layer.canvas.height);
    draw(layer.context);
    layer.drawnAt = this.#view;
    this.#place(layer);
  }

  #place(layer: Layer): void {
    const then = layer.drawnAt ?? this.#view;
    const by = this.#view.scale / then.scale;
    const x = this.#view.x - (then.x + MARGIN) * by;
    const y = this.#view.y - (then.y + MARGIN) * by;
    layer.canvas.style.transform = `translate(${x}px, ${y}px) scale(${by / layer.shrink})`;
  }
}

function makeLayer(canvas: HTMLCanvasElement): Layer {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no 2D canvas.");
  return { canvas, context, drawnAt: null, shrink: 1, isCheap: false };
}

function sizeCanvas(canvas: HTMLCanvasElement, screen: Size, margin: number, ratio: number): void {
  canvas.width = Math.round((screen.width + 2 * margin) * ratio);
  canvas.height = Math.round((screen.height + 2 * margin) * ratio);
  canvas.style.width = `${screen.width + 2 * margin}px`;
  canvas.style.height = `${screen.height + 2 * margin}px`;
}
