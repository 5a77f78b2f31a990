/**
 * Three layers over each other: the image and the objects, which are only moved and scaled while the view moves, and what is being
 * edited, drawn in each frame.
 */
import type { Aspect, Editor } from "../editor/editor.ts";
import { type Instance, shapeBox } from "../editor/instance.ts";
import { EMPTY_BOX, uniteBoxes } from "../geometry/box.ts";
import type { Box, Point, Size } from "../geometry/types.ts";
import { ActiveCanvas } from "./activeCanvas.ts";
import type { ActiveLook } from "./activeLayer.ts";
import { ImageLayer } from "./imageLayer.ts";
import type { ImagePyramid } from "./imagePyramid.ts";
import { MOST_CHANGES } from "./sceneChanges.ts";
import { SceneLayer } from "./sceneLayer.ts";
import type { ScenePort } from "./sceneMessages.ts";
import { StrokeImage } from "./strokeImage.ts";
import { centred, fitView, panned, revealing, sameView, toImage, type View, zoomedAt } from "./view.ts";

/** The view rests when it has not moved for this long. */
const REST_MS = 120;

export interface StageElements {
  /** Holds the image's tiles. */
  readonly image: HTMLElement;
  readonly scene: HTMLCanvasElement;
  readonly active: HTMLCanvasElement;
}

export class Stage {
  readonly #image: ImageLayer;
  readonly #scene: SceneLayer;
  readonly #active: ActiveCanvas;
  readonly #stroke = new StrokeImage();
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
  #isResting = true;
  /** What the scene has to show; null where that has to be found out. */
  #objects: readonly Instance[] | null = null;
  #dirty: Box = EMPTY_BOX;

  constructor(elements: StageElements, painter: ScenePort, look: ActiveLook, onView: (view: View) => void) {
    this.#image = new ImageLayer(elements.image);
    this.#scene = new SceneLayer(elements.scene, painter, () => this.#request());
    this.#active = new ActiveCanvas(elements.active);
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
    this.#scene.blank();
    this.#objects = null;
    this.fit();
    this.#request();
  }

  /** The image's pixels came. */
  setImage(pyramid: ImagePyramid): void {
    if (pyramid === this.#pyramid) return;
    this.#hang(pyramid);
    this.#request();
  }

  setLook(look: ActiveLook): void {
    this.#look = look;
    this.#request();
  }

  resize(screen: Size, ratio: number): void {
    const isFirst = this.#screen.width === 0;
    this.#screen = screen;
    this.#ratio = ratio;
    if (isFirst) this.fit();
    this.#request();
  }

  fit(): void {
    if (this.#editor && this.#screen.width > 0) this.#moveTo(fitView(this.#editor.document.image, this.#screen));
  }

  actualSize(): void {
    if (this.#editor) this.#moveTo(centred(this.#editor.document.image, this.#screen, 1));
  }

  zoomAt(point: Point, factor: number): void {
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
    this.#scene.close();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
  }

  #hang(pyramid: ImagePyramid | null): void {
    if (this.#pyramid) this.#pyramid.onBetterLevel = null;
    this.#pyramid = pyramid;
    if (pyramid) pyramid.onBetterLevel = () => this.#request();
  }

  #moveTo(view: View): void {
    if (sameView(view, this.#view)) return;
    this.#view = view;
    clearTimeout(this.#rest);
    this.#isResting = false;
    this.#rest = setTimeout(() => {
      this.#isResting = true;
      this.#request();
    }, REST_MS);
    this.#onView(view);
    this.#request();
  }

  #changed(aspect: Aspect): void {
    if (aspect === "chosen") this.#revealSelected();
    if (aspect === "document" || aspect === "selection" || aspect === "visibility") this.#objects = null;
    const draft = this.#editor?.tool.draft;
    if (aspect === "draft" && draft?.kind === "stroke") this.#dirty = uniteBoxes(this.#dirty, draft.dirty);
    this.#request();
  }

  #revealSelected(): void {
    const selected = this.#editor?.selected;
    if (selected) this.reveal(shapeBox(selected.shape));
  }

  /**
   * What the scene has to show: all but the selected object, so that while it alone changes, a thousand others need not be painted
   * again. It is the same array as long as it holds the same.
   */
  #wanted(editor: Editor): readonly Instance[] {
    if (this.#objects) return this.#objects;
    const objects = editor.document.instances.filter(({ id }) => id !== editor.selectedId && !editor.hidden.has(id));
    this.#objects = sameItems(objects, this.#scene.objects) ? this.#scene.objects : objects;
    return this.#objects;
  }

  #request(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    this.#frame = 0;
    const editor = this.#editor;
    if (!editor || this.#screen.width === 0) return;
    const [view, screen, ratio, look] = [this.#view, this.#screen, this.#ratio, this.#look];
    this.#image.show(this.#pyramid, view, screen, ratio);
    const objects = this.#wanted(editor);
    this.#scene.follow({ view, screen, ratio, look, objects }, this.#isResting);
    if (editor.tool.draft.kind !== "stroke") this.#stroke.clear();
    const pending = pendingOf(objects, this.#scene.objects);
    this.#active.draw({ editor, view, screen, ratio, look, stroke: this.#stroke, pending, dirty: this.#dirty });
    this.#dirty = EMPTY_BOX;
  }
}

/** The objects that a picture does not show yet; none where they are so many that they come with the next one. */
function pendingOf(wanted: readonly Instance[], shown: readonly Instance[]): readonly Instance[] {
  if (wanted === shown || wanted.length > shown.length + MOST_CHANGES) return NONE;
  const there = new Set(shown);
  const pending = wanted.filter((instance) => !there.has(instance));
  return pending.length <= MOST_CHANGES ? pending : NONE;
}

function sameItems<T>(some: readonly T[], others: readonly T[]): boolean {
  return some.length === others.length && some.every((item, i) => item === others[i]);
}

const NONE: readonly Instance[] = [];
