/** What the stage and the painter of the scene, which works beside the page, say to each other. */
import type { Instance } from "../editor/instance.ts";
import type { Size } from "../geometry/types.ts";
import type { View } from "./view.ts";

/** What of an object is painted. */
export type SceneObject = Pick<Instance, "label" | "shape">;

export interface SceneOrder {
  /** Comes back with the picture. */
  readonly turn: number;
  readonly view: View;
  readonly screen: Size;
  /** Device pixels for one of the screen's. */
  readonly ratio: number;
  /** 0-1. */
  readonly fill: number;
  readonly colors: Readonly<Record<string, string>>;
  /** Objects that the order before did not show, by the key that they have from now on. */
  readonly added: readonly (readonly [key: number, object: SceneObject])[];
  /** The keys of all objects shown, in drawing order; the painter forgets the others. */
  readonly keys: Uint32Array;
}

/** The screen at the order's view, with a margin. */
export interface ScenePicture {
  readonly turn: number;
  readonly bitmap: ImageBitmap;
  /** Objects in it. */
  readonly seen: number;
}

/** Takes orders one after the other, and answers each by calling `onPicture`. */
export interface ScenePort {
  onPicture: (picture: ScenePicture) => void;
  /** The painter is gone with all that it knew; another takes the next order. */
  onLost: () => void;
  paint(order: SceneOrder): void;
  close(): void;
}
