import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { instanceOf, polygonOf } from "../editor/editorTesting.ts";
import { drawScene, drawSceneSteps, HALO_COLOR, STEP_OBJECTS } from "./sceneLayer.ts";

class EmptyPath {
  moveTo() {}
  lineTo() {}
  closePath() {}
}

/** Notes what is drawn, and how many shapes that were. */
class Notes {
  fillStyle = "";
  strokeStyle = "";
  globalAlpha = 1;
  lineWidth = 0;
  lineJoin = "";
  readonly drawn: string[] = [];
  shapes = 0;
  fill() {
    this.drawn.push(`fill ${this.fillStyle} at ${this.globalAlpha}`);
    this.shapes++;
  }
  stroke() {
    this.drawn.push(`stroke ${this.strokeStyle}`);
    this.shapes++;
  }
  strokeRect() {
    this.drawn.push(`spot ${this.strokeStyle}`);
    this.shapes++;
  }
}

const LOOK = { colorOf: (label: string) => (label === "fig" ? "#00f" : "#f00"), fill: 0.3 };
const SQUARE = polygonOf([0, 0], [50, 0], [50, 50], [0, 50]);
const SPECK = polygonOf([9, 9], [10, 9], [10, 10]);

const contextOf = (notes: Notes) => notes as unknown as CanvasRenderingContext2D;

beforeEach(() => void vi.stubGlobal("Path2D", EmptyPath));
afterEach(() => void vi.unstubAllGlobals());

test("fills, then halos, then outlines; what is too small is a spot of its colour", () => {
  const notes = new Notes();
  const speck = { ...instanceOf("c", SPECK), label: "fig" };
  drawScene(contextOf(notes), [instanceOf("a", SQUARE), { ...instanceOf("b", SQUARE), label: "fig" }, speck], 1, LOOK);
  const other = LOOK.colorOf(instanceOf("a", SQUARE).label);
  expect(notes.drawn).toEqual([
    `fill ${other} at 0.3`,
    "fill #00f at 0.3",
    `stroke ${HALO_COLOR}`,
    `stroke ${HALO_COLOR}`,
    `stroke ${other}`,
    "stroke #00f",
    "spot #00f",
  ]);
  expect(notes.globalAlpha).toBe(1);
});

test("in steps the same is drawn as at once, no step more than its share", () => {
  const many = Array.from({ length: 150 }, (_, i) => instanceOf(`${i}`, i % 7 === 0 ? SPECK : SQUARE));
  const atOnce = new Notes();
  drawScene(contextOf(atOnce), many, 1, LOOK);
  const inSteps = new Notes();
  const shares: number[] = [];
  for (const _ of drawSceneSteps(contextOf(inSteps), many, 1, LOOK)) {
    shares.push(inSteps.shapes);
    inSteps.shapes = 0;
  }
  expect(inSteps.drawn).toEqual(atOnce.drawn);
  expect(Math.max(...shares)).toBeLessThanOrEqual(STEP_OBJECTS);
  expect(shares.length).toBeGreaterThan(6);
});
