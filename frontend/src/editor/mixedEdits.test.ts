/** Brush and corners on one object, in any order: after each edit its pixels are those of a rasteriser that knows no editor. */
import { expect, test } from "vitest";
import { isMaskSet, maskIou, packMask } from "../geometry/bitmap.ts";
import { polygonsToMask } from "../geometry/raster.ts";
import type { Point, Polygon, Ring } from "../geometry/types.ts";
import type { Editor } from "./editor.ts";
import { click, drag, IMAGE, instanceOf, key, makeEditor, SQUARE } from "./editorTesting.ts";
import { type Instance, shapeMask } from "./instance.ts";
import { addRing } from "./shaping.ts";

const EDITS = 100;
const SEEDS = [1, 2, 3];
const RADIUS = 5;
/** Of a machine whose cores are busy. */
const TIMEOUT_MS = 60_000;

type Pixels = Uint8Array;

/** The same numbers for the same seed (Numerical Recipes' generator). */
function chances(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The pixels whose middle a round brush passes over. */
function stroked(from: Point, to: Point): Pixels {
  const along = [to[0] - from[0], to[1] - from[1]] as const;
  const squared = along[0] ** 2 + along[1] ** 2;
  return Uint8Array.from({ length: IMAGE.width * IMAGE.height }, (_, i) => {
    const x = (i % IMAGE.width) + 0.5 - from[0];
    const y = Math.floor(i / IMAGE.width) + 0.5 - from[1];
    const share = squared === 0 ? 0 : Math.min(1, Math.max(0, (x * along[0] + y * along[1]) / squared));
    return (x - share * along[0]) ** 2 + (y - share * along[1]) ** 2 <= RADIUS ** 2 ? 1 : 0;
  });
}

function covered(polygons: readonly Polygon[]): Pixels {
  return pixelsOf({ ...instanceOf("any", SQUARE), shape: { kind: "mask", mask: polygonsToMask(polygons, IMAGE) } });
}

function pixelsOf({ shape }: Instance): Pixels {
  const pixels = new Uint8Array(IMAGE.width * IMAGE.height);
  const mask = shapeMask(shape, IMAGE);
  for (let y = 0; y < IMAGE.height; y++) {
    for (let x = 0; x < IMAGE.width; x++) pixels[y * IMAGE.width + x] = isMaskSet(mask, x, y) ? 1 : 0;
  }
  return pixels;
}

function whole(data: Pixels) {
  return packMask({ x: 0, y: 0, ...IMAGE, data });
}

class Mixed {
  readonly editor: Editor = makeEditor([instanceOf("a", SQUARE)]);
  readonly done = new Set<string>();
  readonly #chance: (below: number) => number;
  expected: Pixels;

  constructor(seed: number) {
    this.#chance = chances(seed);
    this.editor.change({ brushRadius: RADIUS });
    this.editor.select("a");
    this.expected = pixelsOf(this.#object);
  }

  edit(): void {
    const kinds = ["paint", "paint", "erase", "lasso", "cut", "move", "move", "insert", "remove"] as const;
    const kind = kinds[this.#chance(kinds.length)] ?? "paint";
    this.done.add(kind);
    if (kind === "paint" || kind === "erase") this.#stroke(kind);
    else if (kind === "lasso" || kind === "cut") this.#lasso(kind);
    else this.#corner(kind);
  }

  get #object(): Instance {
    return this.editor.document.get("a") as Instance;
  }

  #stroke(kind: "paint" | "erase"): void {
    const from = this.#point();
    const to: Point = [from[0] + this.#chance(15) - 7, from[1] + this.#chance(15) - 7];
    this.editor.takeTool(kind === "paint" ? "brush" : "eraser");
    drag(this.editor, [from, to]);
    const stroke = stroked(from, to);
    this.expected = this.expected.map((is, i) => (stroke[i] === 1 ? (kind === "paint" ? 1 : 0) : is));
  }

  /** On a bitmap; of polygons it makes polygons, which the tests of polygon booleans see to. */
  #lasso(kind: "lasso" | "cut"): void {
    if (this.#object.shape.kind === "polygons") return;
    const [x, y] = this.#point();
    const ring: Ring = [
      [x, y],
      [x + 9, y + 1],
      [x + 4, y + 8.5],
    ];
    this.editor.takeTool("brush");
    addRing(this.editor, kind === "lasso" ? "part" : "hole", ring);
    const inside = covered([{ exterior: ring, holes: [] }]);
    this.expected = this.expected.map((is, i) => (inside[i] === 1 ? (kind === "lasso" ? 1 : 0) : is));
  }

  #corner(kind: "move" | "insert" | "remove"): void {
    this.editor.takeTool("edit");
    const { shape } = this.#object;
    if (shape.kind === "mask") this.#giveCorners();
    const polygons = this.#object.shape.kind === "polygons" ? this.#object.shape.polygons : [];
    const p = this.#chance(polygons.length);
    const ring = polygons[p]?.exterior ?? [];
    const at = this.#chance(ring.length);
    const corner = ring[at] as Point;
    const next = ring[(at + 1) % ring.length] as Point;
    if (isDouble(polygons, corner)) return;
    let changed: Ring = ring;
    if (kind === "move") {
      const to = this.#point();
      drag(this.editor, [corner, [corner[0] + 5, corner[1]], to]);
      changed = ring.map((point, i) => (i === at ? to : point));
    } else if (kind === "remove" && ring.length > 4) {
      click(this.editor, corner, { alt: true });
      changed = ring.filter((_, i) => i !== at);
    } else if (kind === "insert" && Math.hypot(next[0] - corner[0], next[1] - corner[1]) > 10) {
      const middle: Point = [(corner[0] + next[0]) / 2, (corner[1] + next[1]) / 2];
      if (isNear(polygons, middle)) return;
      const to = this.#point();
      drag(this.editor, [middle, [middle[0] + 5, middle[1]], to]);
      changed = [...ring.slice(0, at + 1), to, ...ring.slice(at + 1)];
    }
    this.expected = covered(polygons.map((polygon, i) => (i === p ? { ...polygon, exterior: changed } : polygon)));
  }

  /** A bitmap becomes polygons of nearly the same pixels; from here on these count. */
  #giveCorners(): void {
    const set = this.expected.indexOf(1);
    const at: Point = [(set % IMAGE.width) + 0.5, Math.floor(set / IMAGE.width) + 0.5];
    this.editor.dispatch({ kind: "doubleclick", x: at[0], y: at[1], pixelSize: 0.25 });
    expect(this.#object.shape.kind).toBe("polygons");
    const now = pixelsOf(this.#object);
    expect(maskIou(whole(now), whole(this.expected))).toBeGreaterThanOrEqual(0.99);
    this.expected = now;
  }

  #point(): Point {
    return [15 + this.#chance(4 * 70) / 4, 12 + this.#chance(4 * 55) / 4];
  }
}

function near(polygons: readonly Polygon[], [x, y]: Point, reach: number): number {
  const rings = polygons.flatMap(({ exterior, holes }) => [exterior, ...holes]);
  return rings.flat().filter(([px, py]) => Math.hypot(px - x, py - y) <= reach).length;
}

/** Two corners in one place: which of them is taken is anybody's guess. */
function isDouble(polygons: readonly Polygon[], corner: Point): boolean {
  return near(polygons, corner, 0) > 1;
}

function isNear(polygons: readonly Polygon[], middle: Point): boolean {
  return near(polygons, middle, 2) > 0;
}

test.each(SEEDS)(
  "a hundred mixed edits of one object give the reference's pixels, and undo to its first shape",
  (seed) => {
    const mixed = new Mixed(seed);
    const before = mixed.editor.document.get("a");
    for (let i = 0; i < EDITS; i++) {
      mixed.edit();
      const now = mixed.editor.document.get("a");
      if (!now) throw new Error(`edit ${i} left nothing of the object`);
      const pixels = pixelsOf(now);
      expect(mixed.expected.filter((is, at) => is !== pixels[at])).toHaveLength(0);
    }
    expect([...mixed.done].sort()).toEqual(["cut", "erase", "insert", "lasso", "move", "paint", "remove"]);
    mixed.editor.takeTool("edit");
    while (mixed.editor.history.canUndo) key(mixed.editor, "z", { ctrl: true });
    expect(mixed.editor.document.get("a")).toEqual(before);
  },
  TIMEOUT_MS,
);
