/** Paints the scene as it is ordered; where few objects changed, only what lies around them is painted anew. */
import { shapeBox } from "../editor/instance.ts";
import { boxesTouch, growBox } from "../geometry/box.ts";
import type { Box } from "../geometry/types.ts";
import { boxWithMargin, MARGIN, withMargin } from "./margin.ts";
import { MOST_CHANGES, sceneChanges } from "./sceneChanges.ts";
import { drawScene, HALO_WIDTH, type SceneContext, type SceneLook } from "./sceneDrawing.ts";
import type { SceneObject, SceneOrder, ScenePicture } from "./sceneMessages.ts";
import { SpatialIndex } from "./spatialIndex.ts";
import { sameView } from "./view.ts";

type PainterContext = SceneContext & OffscreenCanvasRenderingContext2D;

/** `onLost` is called when a graphics card was reset: what had been painted is gone. */
export function makeScenePainter(onLost: (error: Error) => void): ScenePainter {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser has no 2D canvas.");
  canvas.addEventListener("contextlost", () => onLost(new Error("The graphics card was reset.")));
  return new ScenePainter(context);
}

export class ScenePainter {
  readonly #context: PainterContext;
  readonly #index = new SpatialIndex<SceneObject>();
  #known = new Map<number, SceneObject>();
  /** The objects that were painted last, those out of sight included. */
  #painted: readonly SceneObject[] = [];
  #last: SceneOrder | null = null;

  constructor(context: PainterContext) {
    this.#context = context;
  }

  async pictureOf(order: SceneOrder): Promise<ScenePicture> {
    const seen = this.paint(order);
    return { turn: order.turn, seen, bitmap: await createImageBitmap(this.#context.canvas) };
  }

  /** Answers how many objects are in sight. */
  paint(order: SceneOrder): number {
    const before = this.#painted;
    const last = this.#last;
    this.#take(order);
    const changed = last && paintsAlike(last, order) ? sceneChanges(before, this.#painted) : null;
    const seen = this.#inBox(boxWithMargin(order.view, order.screen));
    if (changed && changed.length <= MOST_CHANGES) this.#paintAround(changed, order);
    else this.#paintAll(seen, order);
    return seen.length;
  }

  #take(order: SceneOrder): void {
    for (const [key, object] of order.added) this.#known.set(key, object);
    const shown = new Map<number, SceneObject>();
    for (const key of order.keys) shown.set(key, this.#known.get(key) as SceneObject);
    this.#known = shown;
    this.#painted = [...shown.values()];
    this.#index.update(this.#painted, ({ shape }) => shapeBox(shape));
    this.#last = order;
  }

  #paintAll(seen: readonly SceneObject[], { view, screen, ratio, ...order }: SceneOrder): void {
    const { width, height } = withMargin(screen);
    const { canvas } = this.#context;
    // a canvas that is given its size is blank
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    this.#takeImage(view, ratio);
    drawScene(this.#context, seen, view.scale, lookOf(order));
  }

  /** On whole pixels, so that what is beside it stays as it is. */
  #paintAround(changed: readonly SceneObject[], { view, screen, ratio, ...order }: SceneOrder): void {
    const context = this.#context;
    const reach = HALO_WIDTH / view.scale;
    const seen = boxWithMargin(view, screen);
    const onCanvas = (at: number, from: number) => (at * view.scale + from + MARGIN) * ratio;
    for (const { shape } of changed) {
      const box = growBox(shapeBox(shape), reach);
      if (!boxesTouch(box, seen)) continue;
      const [x, y] = [Math.floor(onCanvas(box.x0, view.x)), Math.floor(onCanvas(box.y0, view.y))];
      const width = Math.ceil(onCanvas(box.x1, view.x)) - x;
      const height = Math.ceil(onCanvas(box.y1, view.y)) - y;
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.beginPath();
      context.rect(x, y, width, height);
      context.clip();
      context.clearRect(x, y, width, height);
      this.#takeImage(view, ratio);
      drawScene(context, this.#inBox(growBox(box, reach)), view.scale, lookOf(order));
      context.restore();
    }
  }

  /** Lets the context take image pixels. */
  #takeImage({ scale, x, y }: SceneOrder["view"], ratio: number): void {
    this.#context.setTransform(scale * ratio, 0, 0, scale * ratio, (x + MARGIN) * ratio, (y + MARGIN) * ratio);
  }

  /** The objects that touch a box of the image, in drawing order. */
  #inBox(box: Box): SceneObject[] {
    const near = this.#index.near(box);
    return this.#painted.filter((object) => near.has(object));
  }
}

function lookOf({ fill, colors }: Pick<SceneOrder, "fill" | "colors">): SceneLook {
  return { fill, colorOf: (label) => colors[label] as string };
}

/** Whether two orders differ in nothing but their objects. */
function paintsAlike(a: SceneOrder, b: SceneOrder): boolean {
  return (
    a.fill === b.fill &&
    a.ratio === b.ratio &&
    sameView(a.view, b.view) &&
    a.screen.width === b.screen.width &&
    a.screen.height === b.screen.height &&
    Object.entries(b.colors).every(([label, color]) => (a.colors[label] ?? color) === color)
  );
}
