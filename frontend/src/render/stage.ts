/**
 * Three canvases over each other: image, objects, what is being edited. The lower two are drawn with a margin and, while the view
 * moves, only shifted and scaled as they are; they are drawn anew when little is in sight, when the margin runs out, or when the view
 * rests. Where few objects changed, only what lies around them is drawn anew.
 */
import type { Aspect, Editor } from "../editor/editor.ts";
import { type Instance, shapeBox } from "../editor/instance.ts";
import { boxesTouch, EMPTY_BOX, growBox, uniteBoxes } from "../geometry/box.ts";
import type { Box, Point, Size } from "../geometry/types.ts";
import { ActiveCanvas } from "./activeCanvas.ts";
import type { ActiveLook } from "./activeLayer.ts";
import type { ImagePyramid } from "./imagePyramid.ts";
import { Layer, MARGIN, takeImage } from "./layer.ts";
import { sceneChanges } from "./sceneChanges.ts";
import { drawScene, drawSceneSteps, HALO_WIDTH } from "./sceneLayer.ts";
import { SpatialIndex } from "./spatialIndex.ts";
import { StrokeImage } from "./strokeImage.ts";
import { centred, fitView, panned, revealing, sameView, toImage, type View, zoomedAt } from "./view.ts";

/** With no more objects than this in sight they are drawn sharp in every frame of a pan or zoom; rastering more takes too long. */
const FEW_OBJECTS = 60;
/** While the zoom changes the image is drawn with half the pixels each way, in a quarter of the time; sharp again at rest. */
const ZOOMING_DETAIL = 0.5;
/** The view rests when it has not moved for this long. */
const REST_MS = 120;

/** Many objects on their way into a canvas that is not shown yet, some in each frame. */
interface SlowDrawing {
  readonly view: View;
  readonly steps: Generator<void>;
}

export class Stage {
  readonly #image: Layer;
  readonly #scene: Layer;
  readonly #active: ActiveCanvas;
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
  /** Objects may have come, gone or changed since the scene was drawn. */
  #mayDiffer = false;
  /** Few objects are in sight: they are drawn in every frame. */
  #isSparse = false;
  #isResting = true;
  #isZooming = false;
  #slow: SlowDrawing | null = null;
  #dirty: Box = EMPTY_BOX;
  /** The objects that the scene was drawn of, those out of sight included. */
  #drawn: readonly Instance[] = [];

  constructor(
    canvases: { image: HTMLCanvasElement; scene: HTMLCanvasElement; active: HTMLCanvasElement },
    look: ActiveLook,
    onView: (view: View) => void,
  ) {
    this.#image = new Layer(canvases.image);
    this.#scene = new Layer(canvases.scene);
    this.#active = new ActiveCanvas(canvases.active);
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
    this.#image.resize(screen, ratio);
    this.#scene.resize(screen, ratio);
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
    if (sameView(view, this.#view)) return;
    this.#view = view;
    clearTimeout(this.#rest);
    this.#isResting = false;
    this.#rest = setTimeout(() => {
      this.#isResting = true;
      this.#isZooming = false;
      this.#stale.image ||= this.#image.shownAt !== this.#view || !this.#image.isSharp;
      this.#request();
    }, REST_MS);
    this.#onView(view);
    this.#request();
  }

  #changed(aspect: Aspect): void {
    if (aspect === "document") this.#stale.index = true;
    if (aspect === "chosen") this.#revealSelected();
    if (aspect === "document" || aspect === "selection" || aspect === "visibility") this.#mayDiffer = true;
    const draft = this.#editor?.tool.draft;
    if (aspect === "draft" && draft?.kind === "stroke") this.#dirty = uniteBoxes(this.#dirty, draft.dirty);
    this.#request();
  }

  #revealSelected(): void {
    const selected = this.#editor?.selected;
    if (selected) this.reveal(shapeBox(selected.shape));
  }

  /** The selected object is not in the scene: while it alone changes, a thousand others need not be drawn again. */
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
    const drawsImage = this.#stale.image || !this.#image.covers(this.#view);
    if (drawsImage) this.#drawImage();
    this.#image.follow(this.#view);
    this.#drawScene(editor, drawsImage);
    this.#scene.follow(this.#view);
    if (editor.tool.draft.kind !== "stroke") this.#stroke.clear();
    this.#active.draw({
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

  #drawImage(): void {
    const detail = this.#isZooming && !this.#stale.image ? ZOOMING_DETAIL : 1;
    this.#stale.image = false;
    const context = this.#image.begin(this.#view, detail);
    this.#pyramid?.draw(context, this.#view, this.#screen, MARGIN, this.#ratio * detail);
  }

  /**
   * What changed is drawn at once; many objects that are only to be seen sharper or farther, some in each frame that has not the
   * image to draw.
   */
  #drawScene(editor: Editor, isBusy: boolean): void {
    const { shownAt } = this.#scene;
    const isMoved = shownAt !== this.#view;
    const changed = this.#takeChanges(editor);
    if (!shownAt || !changed || (isMoved && this.#isSparse)) {
      this.#slow = null;
      this.#drawObjects();
      return;
    }
    if (changed.length > 0) {
      this.#slow = null;
      this.#drawAround(changed, shownAt);
    }
    if (!this.#slow && isMoved && (this.#isResting || !this.#scene.covers(this.#view))) this.#beginSlowly();
    if (this.#slow && isBusy) this.#request();
    else if (this.#slow) this.#goOnSlowly(this.#slow);
  }

  /** The objects that differ from what is drawn; null where all have to be drawn anew. */
  #takeChanges(editor: Editor): readonly Instance[] | null {
    if (!this.#mayDiffer && !this.#stale.scene) return NONE;
    const shown = this.#shown(editor);
    const changed = this.#stale.scene ? null : sceneChanges(this.#drawn, shown);
    if (this.#stale.index) this.#index.update(editor.document.instances, (instance) => shapeBox(instance.shape));
    this.#drawn = shown;
    this.#mayDiffer = this.#stale.scene = this.#stale.index = false;
    return changed && changed.length <= MOST_CHANGES ? changed : null;
  }

  #drawObjects(): void {
    const seen = this.#inBox(this.#scene.seenBox(this.#view));
    const context = this.#scene.begin(this.#view);
    takeImage(context, this.#view);
    drawScene(context, seen, this.#view.scale, this.#look);
    this.#isSparse = seen.length <= FEW_OBJECTS;
  }

  /** Where objects changed, in what is shown of this view or an earlier one. */
  #drawAround(changed: readonly Instance[], view: View): void {
    const reach = HALO_WIDTH / view.scale;
    const seen = this.#scene.seenBox(view);
    for (const { shape } of changed) {
      const box = growBox(shapeBox(shape), reach);
      if (!boxesTouch(box, seen)) continue;
      this.#scene.repaint(box, (context) => {
        takeImage(context, view);
        drawScene(context, this.#inBox(growBox(box, reach)), view.scale, this.#look);
      });
    }
  }

  #beginSlowly(): void {
    const seen = this.#inBox(this.#scene.seenBox(this.#view));
    const context = this.#scene.beginAside();
    takeImage(context, this.#view);
    this.#slow = { view: this.#view, steps: drawSceneSteps(context, seen, this.#view.scale, this.#look) };
    this.#isSparse = seen.length <= FEW_OBJECTS;
  }

  #goOnSlowly({ view, steps }: SlowDrawing): void {
    this.#request();
    if (!steps.next().done) return;
    this.#scene.showAside(view);
    this.#slow = null;
  }

  /** The scene's objects that touch a box of the image, in drawing order. */
  #inBox(box: Box): Instance[] {
    const near = this.#index.near(box);
    return this.#drawn.filter((instance) => near.has(instance));
  }
}

/** With more objects changed than this all are drawn anew. */
const MOST_CHANGES = 10;
const NONE: readonly Instance[] = [];
