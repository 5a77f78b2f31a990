import { describe, expect, it } from "vitest";
import type { Mask } from "../../geometry/bitmap.ts";
import { polygonsToMask } from "../../geometry/raster.ts";
import type { Box, Point } from "../../geometry/types.ts";
import type { Editor } from "../editor.ts";
import { click, drag, IMAGE, instanceOf, key, makeEditor, pointer, polygonOf } from "../editorTesting.ts";
import { SmartTool } from "./smartTool.ts";
import type { SmartAnswer, SmartMarks } from "./smartToolMarks.ts";

const BOX: Point[] = [
  [20, 20],
  [40, 30],
  [60, 50],
];
const STROKE: Point[] = [
  [30, 30],
  [35, 32],
  [50, 40],
];

/** A server whose answers come when the test says so. */
class Server {
  readonly asked: SmartMarks[] = [];
  readonly #waiting: ((answer: SmartAnswer) => void)[] = [];

  readonly port = (marks: SmartMarks): Promise<SmartAnswer> => {
    this.asked.push(marks);
    return new Promise((resolve) => this.#waiting.push(resolve));
  };

  async answer(answer: SmartAnswer): Promise<void> {
    this.#waiting.shift()?.(answer);
    // the question hears of it in a later microtask
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function maskOf({ x0, y0, x1, y1 }: Box): Mask {
  const exterior: Point[] = [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
  return polygonsToMask([{ exterior, holes: [] }], IMAGE);
}

const FIRST = maskOf({ x0: 22, y0: 22, x1: 58, y1: 48 });
const SECOND = maskOf({ x0: 24, y0: 22, x1: 58, y1: 48 });

function start(): { editor: Editor; server: Server; tool: SmartTool } {
  const server = new Server();
  const editor = makeEditor([], { smartMask: server.port });
  key(editor, "w");
  if (!(editor.tool instanceof SmartTool)) throw new Error("W takes the smart tool");
  return { editor, server, tool: editor.tool };
}

async function marked(): Promise<{ editor: Editor; server: Server; tool: SmartTool }> {
  const all = start();
  drag(all.editor, BOX);
  await all.server.answer({ kind: "mask", mask: FIRST });
  return all;
}

describe("SmartTool", () => {
  it("asks for the rectangle's mask and shows it without an object", async () => {
    const { editor, server, tool } = start();
    expect(drag(editor, BOX)).toEqual(["pointing", "dragging", "dragging", "marked"]);
    expect(server.asked).toEqual([{ box: { x0: 20, y0: 20, x1: 60, y1: 50 }, strokes: [] }]);
    expect(tool.phase).toBe("waiting");
    await server.answer({ kind: "mask", mask: FIRST });
    expect(tool.phase).toBe("shown");
    expect(tool.draft).toMatchObject({ kind: "smart", preview: { label: "fig", shape: { mask: FIRST } } });
    expect(editor.document.instances).toEqual([]);
  });

  it("asks again with each stroke; Alt paints the background", async () => {
    const { editor, server } = await marked();
    expect(drag(editor, STROKE)).toEqual(["stroking", "stroking", "stroking", "marked"]);
    await server.answer({ kind: "mask", mask: SECOND });
    drag(editor, STROKE, { alt: true });
    const radius = 1.25;
    expect(server.asked.at(-1)?.strokes).toMatchObject([
      { ground: "foreground", points: STROKE, radius },
      { ground: "background", points: STROKE, radius },
    ]);
  });

  it("paints the background without Alt where the bar says so, and the object with it", async () => {
    const { editor, server, tool } = await marked();
    editor.change({ smartGround: "background" });
    click(editor, [30, 30]);
    await server.answer({ kind: "mask", mask: SECOND });
    click(editor, [32, 32], { alt: true });
    expect(server.asked.at(-1)?.strokes.map(({ ground }) => ground)).toEqual(["background", "foreground"]);
    pointer(editor, "pointermove", [30, 30]);
    expect(tool.cursor).toMatchObject({ erases: true });
  });

  it("sends only the newest of what is painted meanwhile, and drops older answers", async () => {
    const { editor, server, tool } = start();
    drag(editor, BOX);
    drag(editor, STROKE);
    click(editor, [50, 30]);
    expect(server.asked).toHaveLength(1);
    await server.answer({ kind: "mask", mask: FIRST });
    expect(tool.shape).toBeNull();
    expect(server.asked).toHaveLength(2);
    expect(server.asked[1]?.strokes).toHaveLength(2);
    await server.answer({ kind: "mask", mask: SECOND });
    expect(tool.shape?.mask).toBe(SECOND);
  });

  it("makes a bitmap object on Enter, undone in one step, and is ready for the next", async () => {
    const { editor, server, tool } = await marked();
    key(editor, "Enter");
    expect(editor.document.instances).toMatchObject([{ label: "fig", shape: { kind: "mask", mask: FIRST } }]);
    expect(tool.state).toBe("idle");
    key(editor, "z", { ctrl: true });
    expect(editor.document.instances).toEqual([]);
    key(editor, "z", { ctrl: true, shift: true });
    expect(editor.document.instances).toHaveLength(1);
    drag(editor, BOX);
    await server.answer({ kind: "mask", mask: SECOND });
    key(editor, "n");
    expect(editor.document.instances).toHaveLength(2);
  });

  it("makes polygons where the switch says so", async () => {
    const { editor } = await marked();
    editor.change({ smartPolygons: true });
    key(editor, "Enter");
    const shape = editor.document.instances[0]?.shape;
    if (shape?.kind !== "polygons") throw new Error("no polygons");
    expect(polygonsToMask(shape.polygons, IMAGE)).toEqual(FIRST);
  });

  it("spares other objects where the setting says so", async () => {
    const server = new Server();
    const other = instanceOf("other", polygonOf([20, 20], [40, 20], [40, 60], [20, 60]));
    const editor = makeEditor([other], { smartMask: server.port });
    editor.change({ protectOthers: true });
    key(editor, "w");
    drag(editor, BOX);
    await server.answer({ kind: "mask", mask: FIRST });
    key(editor, "Enter");
    const shape = editor.document.instances[1]?.shape;
    expect(shape).toEqual({ kind: "mask", mask: maskOf({ x0: 40, y0: 22, x1: 58, y1: 48 }) });
  });

  it("keeps the object as soon as the answer comes when Enter was pressed before", async () => {
    const { editor, server } = start();
    drag(editor, BOX);
    key(editor, "Enter");
    expect(editor.document.instances).toEqual([]);
    await server.answer({ kind: "mask", mask: FIRST });
    expect(editor.document.instances).toHaveLength(1);
  });

  it("takes back and restores strokes with the masks they had, without asking", async () => {
    const { editor, server, tool } = await marked();
    drag(editor, STROKE);
    await server.answer({ kind: "mask", mask: SECOND });
    key(editor, "z", { ctrl: true });
    expect(tool.shape?.mask).toBe(FIRST);
    key(editor, "y", { ctrl: true });
    expect(tool.shape?.mask).toBe(SECOND);
    key(editor, "Backspace");
    key(editor, "Backspace");
    expect(tool.state).toBe("idle");
    expect(server.asked).toHaveLength(2);
    expect(editor.canUndo).toBe(false);
    expect(editor.canRedo).toBe(true);
  });

  it("drops what is marked on Escape, whatever is still answered, and then the tool", async () => {
    const { editor, server, tool } = start();
    drag(editor, BOX);
    key(editor, "Escape");
    await server.answer({ kind: "mask", mask: FIRST });
    expect([tool.state, tool.phase, tool.shape]).toEqual(["idle", "idle", null]);
    key(editor, "Escape");
    expect(editor.tool.name).toBe("edit");
  });

  it("says why there is no mask, keeps the marks and asks again", async () => {
    const { editor, server, tool } = start();
    drag(editor, BOX);
    await server.answer({ kind: "refused", message: "The server cannot be reached." });
    expect([tool.phase, tool.message, tool.state]).toEqual(["failed", "The server cannot be reached.", "marked"]);
    key(editor, "Enter");
    expect(editor.document.instances).toEqual([]);
    tool.retry();
    await server.answer({ kind: "mask", mask: FIRST });
    expect(tool.phase).toBe("shown");
    expect(server.asked[1]).toEqual(server.asked[0]);
  });

  it("asks for a click too, and goes back to the start where that is not enough", async () => {
    const { editor, server, tool } = start();
    click(editor, [30, 30]);
    expect(server.asked).toMatchObject([{ box: null, strokes: [{ ground: "foreground", points: [[30, 30]] }] }]);
    await server.answer({ kind: "refused", message: "box: drag a rectangle first" });
    expect([tool.state, tool.message]).toEqual(["idle", "box: drag a rectangle first"]);
    drag(editor, BOX);
    await server.answer({ kind: "mask", mask: FIRST });
    expect(tool.phase).toBe("shown");
  });

  it("gives the mask the label that is chosen meanwhile, and not the object before", async () => {
    const { editor, server } = await marked();
    key(editor, "Enter");
    drag(editor, BOX);
    await server.answer({ kind: "mask", mask: SECOND });
    key(editor, "2");
    key(editor, "Enter");
    expect(editor.document.instances.map(({ label }) => label)).toEqual(["fig", "date"]);
  });

  it("keeps nothing of an empty mask", async () => {
    const { editor, server, tool } = start();
    drag(editor, BOX);
    await server.answer({ kind: "mask", mask: maskOf({ x0: 1, y0: 1, x1: 1, y1: 1 }) });
    expect(tool.phase).toBe("empty");
    key(editor, "Enter");
    expect(editor.document.instances).toEqual([]);
  });

  it("forgets a half drawn rectangle when the gesture becomes a zoom", () => {
    const { editor, server, tool } = start();
    pointer(editor, "pointerdown", [20, 20]);
    pointer(editor, "pointermove", [40, 40]);
    editor.dispatch({ kind: "pointercancel" });
    pointer(editor, "pointerup", [40, 40]);
    expect(tool.state).toBe("idle");
    expect(server.asked).toEqual([]);
  });
});
