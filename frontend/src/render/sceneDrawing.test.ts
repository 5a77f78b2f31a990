import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { instanceOf, polygonOf } from "../editor/editorTesting.ts";
import { drawScene, HALO_COLOR, type SceneContext } from "./sceneDrawing.ts";

class EmptyPath {
  moveTo() {}
  lineTo() {}
  closePath() {}
}

/** Notes what is drawn. */
class Notes {
  fillStyle = "";
  strokeStyle = "";
  globalAlpha = 1;
  lineWidth = 0;
  lineJoin = "";
  readonly drawn: string[] = [];
  fill() {
    this.drawn.push(`fill ${this.fillStyle} at ${this.globalAlpha}`);
  }
  stroke() {
    this.drawn.push(`stroke ${this.strokeStyle}`);
  }
  strokeRect() {
    this.drawn.push(`spot ${this.strokeStyle}`);
  }
}

const LOOK = { colorOf: (label: string) => (label === "fig" ? "#00f" : "#f00"), fill: 0.3 };
const SQUARE = polygonOf([0, 0], [50, 0], [50, 50], [0, 50]);
const SPECK = polygonOf([9, 9], [10, 9], [10, 10]);

const contextOf = (notes: Notes) => notes as unknown as SceneContext;

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
