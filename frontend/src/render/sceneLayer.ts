/**
 * The objects on the page: a picture of them with a margin around the screen, made beside the page and, while the view moves, only
 * shifted and scaled. One picture is ordered at a time; what is wanted meanwhile goes into the next order.
 */
import type { Instance } from "../editor/instance.ts";
import type { Size } from "../geometry/types.ts";
import { covers, isSharp, placed } from "./margin.ts";
import type { SceneLook } from "./sceneDrawing.ts";
import type { ScenePicture, ScenePort } from "./sceneMessages.ts";
import { sameView, type View } from "./view.ts";

/** With no more objects than this in sight the picture is soon made, and is made anew in the midst of a zoom. */
const FEW_OBJECTS = 60;

/** What a picture shows. */
interface Shown {
  readonly view: View;
  readonly screen: Size;
  readonly ratio: number;
  readonly look: SceneLook;
  readonly objects: readonly Instance[];
}

export class SceneLayer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: ImageBitmapRenderingContext;
  readonly #port: ScenePort;
  readonly #keys = new WeakMap<Instance, number>();
  #keyCount = 0;
  #turn = 0;
  #ordered: Shown | null = null;
  #came: ScenePicture | null = null;
  #shown: Shown | null = null;
  #isSparse = false;
  /** What is shown may be gone with the painter, as when a graphics card was reset. */
  #isLost = false;
  /** What the painter has. */
  #known: ReadonlySet<Instance> = new Set();

  /** `onNews` is called when there is something new to show, or to order again. */
  constructor(canvas: HTMLCanvasElement, port: ScenePort, onNews: () => void) {
    const context = canvas.getContext("bitmaprenderer");
    if (!context) throw new Error("This browser cannot show pictures that are drawn beside the page.");
    this.#canvas = canvas;
    this.#context = context;
    this.#port = port;
    port.onPicture = (picture) => {
      if (!this.#ordered || picture.turn !== this.#turn) {
        picture.bitmap.close();
        return;
      }
      this.#came = picture;
      onNews();
    };
    port.onLost = () => {
      this.#ordered = null;
      this.#known = new Set();
      this.#isLost = true;
      onNews();
    };
  }

  /** The objects in the picture, those out of sight included. */
  get objects(): readonly Instance[] {
    return this.#shown?.objects ?? [];
  }

  /** Shows nothing, and forgets what was ordered: another image is to come. */
  blank(): void {
    this.#came?.bitmap.close();
    this.#came = this.#ordered = this.#shown = null;
    this.#canvas.hidden = true;
  }

  /** Shows the picture that came, and orders another where that is not what is wanted. */
  follow(wanted: Shown, isResting: boolean): void {
    this.#takePicture();
    if (!this.#ordered && !(this.#shown && this.#willDo(this.#shown, wanted, isResting))) this.#order(wanted);
    if (this.#shown) this.#canvas.style.transform = placed(this.#shown.view, wanted.view);
  }

  close(): void {
    this.blank();
    this.#port.close();
  }

  #takePicture(): void {
    if (!this.#came || !this.#ordered) return;
    const { bitmap, seen } = this.#came;
    const { ratio } = this.#ordered;
    this.#canvas.width = bitmap.width;
    this.#canvas.height = bitmap.height;
    this.#canvas.style.width = `${bitmap.width / ratio}px`;
    this.#canvas.style.height = `${bitmap.height / ratio}px`;
    this.#canvas.hidden = false;
    this.#context.transferFromImageBitmap(bitmap);
    this.#isSparse = seen <= FEW_OBJECTS;
    this.#shown = this.#ordered;
    this.#ordered = this.#came = null;
  }

  #willDo(shown: Shown, wanted: Shown, isResting: boolean): boolean {
    if (this.#isLost) return false;
    if (shown.objects !== wanted.objects || shown.look !== wanted.look) return false;
    if (shown.screen !== wanted.screen || shown.ratio !== wanted.ratio) return false;
    if (sameView(shown.view, wanted.view)) return true;
    if (isResting || !covers(shown.view, wanted.view, wanted.screen)) return false;
    return !this.#isSparse || isSharp(shown.view, wanted.view);
  }

  #order(wanted: Shown): void {
    const { objects, look, view, screen, ratio } = wanted;
    const added = objects.filter((object) => !this.#known.has(object));
    const keyed = added.map((object) => [this.#keyOf(object), { label: object.label, shape: object.shape }] as const);
    this.#ordered = wanted;
    this.#isLost = false;
    this.#known = new Set(objects);
    this.#port.paint({
      turn: ++this.#turn,
      view,
      screen,
      ratio,
      fill: look.fill,
      colors: Object.fromEntries(objects.map(({ label }) => [label, look.colorOf(label)])),
      added: keyed,
      keys: Uint32Array.from(objects, (object) => this.#keyOf(object)),
    });
  }

  #keyOf(object: Instance): number {
    const known = this.#keys.get(object);
    if (known !== undefined) return known;
    this.#keys.set(object, ++this.#keyCount);
    return this.#keyCount;
  }
}
