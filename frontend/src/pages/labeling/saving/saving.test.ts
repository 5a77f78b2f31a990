import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../../../api/client.ts";
import type { Instance as InstanceJson } from "../../../api/types.ts";
import { deleteObjects, reorder, setLabel } from "../../../editor/actions.ts";
import { IMAGE, instanceOf, makeEditor, polygonOf, SQUARE } from "../../../editor/editorTesting.ts";
import { type Instance, instanceFromJson, instanceToJson } from "../../../editor/instance.ts";
import { Autosave, type SaveState } from "./autosave.ts";
import type { DraftStore, KeptDraft } from "./drafts.ts";
import { type Conflict, intoOrder } from "./merge.ts";
import type { Transport } from "./transport.ts";

const TRIANGLE = polygonOf([1, 1], [15, 1], [1, 15]);
const OTHER = polygonOf([2, 2], [30, 2], [2, 30]);

const LABELS = [
  { id: 1, name: "fig" },
  { id: 2, name: "date" },
];

/** A server that holds one image's objects as the contract says. */
class OneImage implements Transport {
  items: InstanceJson[];
  revision = 1;
  failure: ApiError | null = null;
  /** How long a write takes. */
  delay = 0;
  mostWritesAtOnce = 0;
  #writes = 0;
  readonly calls: string[] = [];
  labelNames = LABELS;

  constructor(items: readonly Instance[]) {
    this.items = items.map((item) => instanceToJson(item, IMAGE));
  }

  get version() {
    return { revision: this.revision, tag: `"${this.revision}"` };
  }

  async load() {
    this.calls.push("load");
    return { items: this.items, ...this.version };
  }

  async labels() {
    this.calls.push("labels");
    return this.labelNames;
  }

  async put(items: readonly InstanceJson[], tag: string) {
    return this.#write("put", tag, () => [...items]);
  }

  async patch(change: { upsert: readonly InstanceJson[]; delete: readonly string[] }, tag: string) {
    return this.#write("patch", tag, () => {
      const kept = this.items.filter(({ id }) => !change.delete.includes(id));
      const upserted = new Map(change.upsert.map((item) => [item.id, item]));
      const replaced = kept.map((item) => upserted.get(item.id) ?? item);
      return [...replaced, ...change.upsert.filter(({ id }) => !kept.some((item) => item.id === id))];
    });
  }

  /** Someone else saves. */
  change(items: readonly Instance[]): void {
    this.items = items.map((item) => instanceToJson(item, IMAGE));
    this.revision++;
  }

  async #write(name: string, tag: string, items: () => InstanceJson[]) {
    this.calls.push(name);
    this.mostWritesAtOnce = Math.max(this.mostWritesAtOnce, ++this.#writes);
    if (this.delay > 0) await new Promise((resolve) => setTimeout(resolve, this.delay));
    this.#writes--;
    if (this.failure) throw this.failure;
    const wanted = items();
    const unknown = wanted.find(({ label }) => !this.labelNames.some((known) => known.name === label));
    if (unknown) throw new ApiError(422, `There is no label ${unknown.label}.`);
    if (JSON.stringify(wanted) === JSON.stringify(this.items)) return this.version;
    if (tag !== this.version.tag) throw new ApiError(412, "Someone saved meanwhile.");
    this.items = wanted;
    this.revision++;
    return this.version;
  }
}

function start(items: readonly Instance[]) {
  const server = new OneImage(items);
  const editor = makeEditor(server.items.map(instanceFromJson));
  const states: SaveState[] = [];
  const conflicts: Conflict[] = [];
  const kept: (KeptDraft | null)[] = [];
  const told: [string, number][] = [];
  const drafts: DraftStore = {
    read: async () => kept.at(-1) ?? null,
    keep: async (draft) => void kept.push(draft),
    drop: async () => void kept.push(null),
  };
  const autosave = new Autosave(
    editor,
    { base: editor.document.instances, version: server.version, labels: LABELS },
    {
      transport: server,
      drafts,
      hooks: {
        onState: (state) => states.push(state),
        onConflicts: (found) => conflicts.push(...found),
        onLabels: () => undefined,
        onLabelGone: (label, count) => told.push([label, count]),
      },
    },
  );
  return { server, editor, autosave, drafts, states, conflicts, kept, told };
}

function reshape(editor: ReturnType<typeof makeEditor>, id: string, shape: Instance["shape"]): void {
  const instance = editor.document.get(id) as Instance;
  editor.execute({ name: "moveVertices", changes: [editor.document.replace({ ...instance, shape })] });
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("autosave", () => {
  test("writes one save after the other, however many wait for it", async () => {
    const { server, editor, autosave, conflicts } = start([instanceOf("a", SQUARE)]);
    server.delay = 5_000;
    reshape(editor, "a", OTHER);
    await vi.advanceTimersByTimeAsync(700);
    reshape(editor, "a", TRIANGLE);
    const waiting = [autosave.flush(), autosave.flush()];
    autosave.retryNow();
    await vi.advanceTimersByTimeAsync(20_000);
    await Promise.all(waiting);
    expect(server.mostWritesAtOnce).toBe(1);
    expect(server.calls).toEqual(["patch", "patch"]);
    expect(conflicts).toEqual([]);
    expect(autosave.state).toEqual({ kind: "saved" });
    expect(server.items.map(instanceFromJson)[0]).toEqual(instanceOf("a", TRIANGLE));
  });

  test("sends what changed a moment after the last change, then drops the draft", async () => {
    const { server, editor, states, kept } = start([instanceOf("a", SQUARE), instanceOf("b", TRIANGLE)]);
    reshape(editor, "a", OTHER);
    await vi.advanceTimersByTimeAsync(500);
    reshape(editor, "a", TRIANGLE);
    await vi.advanceTimersByTimeAsync(699);
    expect(server.calls).toEqual([]);
    expect(kept.at(-1)?.changes.map(({ id }) => id)).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.calls).toEqual(["patch"]);
    expect(server.items.map(instanceFromJson)[0]).toEqual(instanceOf("a", TRIANGLE));
    expect(states.map(({ kind }) => kind)).toEqual(["unsaved", "unsaved", "saving", "saved"]);
    expect(kept.at(-1)).toBeNull();
  });

  test("a change of drawing order is sent whole", async () => {
    const { server, editor, autosave } = start([instanceOf("a", SQUARE), instanceOf("b", TRIANGLE)]);
    reorder(editor, "a", 1);
    await autosave.flush();
    expect(server.calls).toEqual(["put"]);
    expect(server.items.map(({ id }) => id)).toEqual(["b", "a"]);
  });

  test("when someone saved meanwhile, both works are kept, object by object", async () => {
    const { server, editor, autosave, conflicts } = start([
      instanceOf("a", SQUARE),
      instanceOf("b", SQUARE),
      instanceOf("c", SQUARE),
    ]);
    reshape(editor, "a", TRIANGLE);
    editor.execute({ name: "draw", changes: [editor.document.add(instanceOf("mine", OTHER))] });
    server.change([instanceOf("a", SQUARE), instanceOf("b", TRIANGLE), instanceOf("theirs", OTHER)]);
    await autosave.flush();
    expect(server.calls).toEqual(["patch", "load", "labels", "put"]);
    const stored = Object.fromEntries(server.items.map(instanceFromJson).map(({ id, shape }) => [id, shape]));
    expect(stored).toEqual({ a: TRIANGLE, b: TRIANGLE, mine: OTHER, theirs: OTHER });
    expect(editor.document.instances.map(({ id }) => id).sort()).toEqual(["a", "b", "mine", "theirs"]);
    expect(conflicts).toEqual([]);
    expect(autosave.isSaved).toBe(true);
  });

  test("when both changed one object mine is saved and theirs is offered", async () => {
    const { server, editor, autosave, conflicts } = start([instanceOf("a", SQUARE)]);
    reshape(editor, "a", TRIANGLE);
    server.change([instanceOf("a", OTHER)]);
    await autosave.flush();
    expect(conflicts.map(({ id, theirs }) => [id, theirs?.shape])).toEqual([["a", OTHER]]);
    expect(server.items.map(instanceFromJson)[0]?.shape).toEqual(TRIANGLE);
  });

  test("a server that cannot be reached: the work is kept, counted, and saved when it is back", async () => {
    const { server, editor, autosave, kept } = start([instanceOf("a", SQUARE)]);
    server.failure = new ApiError(0, "unreachable");
    reshape(editor, "a", TRIANGLE);
    await vi.advanceTimersByTimeAsync(700);
    expect(autosave.state).toEqual({ kind: "offline", changes: 1, isKept: true });
    expect(kept.at(-1)?.changes).toHaveLength(1);
    server.failure = null;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(autosave.state.kind).toBe("saved");
    expect(server.items.map(instanceFromJson)[0]?.shape).toEqual(TRIANGLE);
  });

  test("work that cannot be sent is called kept once its draft is written", async () => {
    const { server, editor, autosave, drafts } = start([instanceOf("a", SQUARE)]);
    server.failure = new ApiError(0, "unreachable");
    let written: () => void = () => undefined;
    drafts.keep = () => new Promise((resolve) => (written = resolve));
    reshape(editor, "a", TRIANGLE);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(autosave.state).toEqual({ kind: "saving" });
    written();
    await vi.advanceTimersByTimeAsync(0);
    expect(autosave.state).toEqual({ kind: "offline", changes: 1, isKept: true });
  });

  test("work that the browser does not keep is said to be at risk, until it is kept or saved", async () => {
    const { server, editor, autosave, drafts, kept } = start([instanceOf("a", SQUARE)]);
    const { keep } = drafts;
    server.failure = new ApiError(0, "unreachable");
    drafts.keep = () => Promise.reject(new DOMException("The disk is full.", "QuotaExceededError"));
    reshape(editor, "a", TRIANGLE);
    await vi.advanceTimersByTimeAsync(700);
    expect(autosave.state).toEqual({ kind: "offline", changes: 1, isKept: false });
    expect(autosave.isAtRisk).toBe(true);

    drafts.keep = keep;
    reshape(editor, "a", OTHER);
    await vi.advanceTimersByTimeAsync(0);
    expect(autosave.state).toEqual({ kind: "offline", changes: 1, isKept: true });
    expect([autosave.isAtRisk, kept.at(-1)?.changes[0]?.mine?.shape]).toEqual([false, OTHER]);

    drafts.keep = () => Promise.reject(new DOMException("The disk is full.", "QuotaExceededError"));
    drafts.drop = () => Promise.reject(new DOMException("The disk is full.", "QuotaExceededError"));
    reshape(editor, "a", TRIANGLE);
    server.failure = null;
    await autosave.flush();
    expect([autosave.state.kind, autosave.isAtRisk]).toEqual(["saved", false]);
  });

  test("a refused save keeps the work and says why", async () => {
    const { server, editor, autosave } = start([instanceOf("a", SQUARE)]);
    server.failure = new ApiError(422, "Label fig is unknown.");
    deleteObjects(editor, ["a"]);
    await autosave.flush();
    expect(autosave.state).toEqual({ kind: "refused", message: "Label fig is unknown.", changes: 1 });
    expect(editor.document.instances).toHaveLength(0);
  });

  test("a save that was stored already, with work of others after it, takes their work in", async () => {
    const { server, editor, autosave } = start([instanceOf("a", SQUARE)]);
    reshape(editor, "a", TRIANGLE);
    server.change([instanceOf("a", TRIANGLE)]);
    server.change([instanceOf("a", TRIANGLE), instanceOf("theirs", OTHER)]);
    await autosave.flush();
    reorder(editor, "theirs", -1);
    await autosave.flush();
    expect(server.items.map(({ id }) => id)).toEqual(["theirs", "a"]);
  });

  test("what changes while a save is under way is saved after it", async () => {
    const { server, editor, autosave } = start([instanceOf("a", SQUARE)]);
    reshape(editor, "a", TRIANGLE);
    const flushed = autosave.flush();
    reshape(editor, "a", OTHER);
    await flushed;
    await vi.advanceTimersByTimeAsync(700);
    expect(server.items.map(instanceFromJson)[0]?.shape).toEqual(OTHER);
    expect(autosave.state.kind).toBe("saved");
  });
});

describe("a label that someone changed meanwhile", () => {
  const draw = (editor: ReturnType<typeof makeEditor>, id: string, label: string) =>
    editor.execute({ name: "draw", changes: [editor.document.add(instanceOf(id, OTHER, label))] });

  test("renamed: objects go on under its new name, those that come back by undo too", async () => {
    const { server, editor, autosave, conflicts } = start([instanceOf("a", SQUARE), instanceOf("b", SQUARE, "date")]);
    server.labelNames = [{ id: 1, name: "ripe fig" }, ...LABELS.slice(1)];
    server.items = server.items.map((item) => (item.label === "fig" ? { ...item, label: "ripe fig" } : item));
    reshape(editor, "a", TRIANGLE);
    draw(editor, "c", "fig");
    await autosave.flush();
    expect(autosave.state.kind).toBe("saved");
    expect(server.items.map(({ id, label }) => [id, label])).toEqual([
      ["a", "ripe fig"],
      ["b", "date"],
      ["c", "ripe fig"],
    ]);
    expect(editor.activeLabel).toBe("ripe fig");
    editor.undo();
    editor.undo();
    await autosave.flush();
    expect(server.items.map(instanceFromJson)[0]).toEqual(instanceOf("a", SQUARE, "ripe fig"));
    expect(editor.document.get("a")?.label).toBe("ripe fig");
    expect(conflicts).toEqual([]);
  });

  test("deleted: its objects go and that is said; what was changed of it waits, and all else is saved", async () => {
    const { server, editor, autosave, kept, told } = start([
      instanceOf("a", SQUARE),
      instanceOf("b", SQUARE),
      instanceOf("c", SQUARE, "date"),
    ]);
    server.labelNames = LABELS.slice(1);
    server.change([instanceOf("c", SQUARE, "date")]);
    reshape(editor, "a", TRIANGLE);
    draw(editor, "d", "fig");
    reshape(editor, "c", TRIANGLE);
    await autosave.flush();
    expect(server.items.map(({ id }) => id)).toEqual(["c"]);
    expect(server.items.map(instanceFromJson)[0]?.shape).toEqual(TRIANGLE);
    expect(autosave.state).toEqual({ kind: "waiting", labels: ["fig"], changes: 2 });
    expect(kept.at(-1)?.changes.map(({ id }) => id)).toEqual(["a", "d"]);
    expect(told).toEqual([["fig", 2]]);
    expect(editor.document.instances.map(({ id }) => id)).toEqual(["a", "c", "d"]);
    expect(editor.activeLabel).toBeNull();

    editor.select("d");
    setLabel(editor, "date");
    await autosave.flush();
    expect(server.items.map(({ id }) => id)).toEqual(["c", "d"]);
    server.labelNames = LABELS;
    autosave.labelsChanged(LABELS);
    await vi.advanceTimersByTimeAsync(700);
    expect(server.items.map(({ id }) => id).sort()).toEqual(["a", "c", "d"]);
    expect([autosave.state.kind, kept.at(-1)]).toEqual(["saved", null]);
  });

  test("merged into another: objects follow, and nobody is asked to choose", async () => {
    const { server, editor, autosave, conflicts } = start([instanceOf("a", SQUARE), instanceOf("b", SQUARE)]);
    server.labelNames = LABELS.slice(1);
    server.change([instanceOf("a", SQUARE, "date"), instanceOf("b", SQUARE, "date")]);
    reshape(editor, "a", TRIANGLE);
    await autosave.flush();
    expect(autosave.state.kind).toBe("saved");
    expect(server.items.map(instanceFromJson)).toEqual([
      instanceOf("a", TRIANGLE, "date"),
      instanceOf("b", SQUARE, "date"),
    ]);
    expect(conflicts).toEqual([]);
  });

  test("made by someone else: its objects are changed and saved as others are", async () => {
    const { server, editor, autosave } = start([instanceOf("a", SQUARE)]);
    server.labelNames = [...LABELS, { id: 3, name: "plum" }];
    server.change([instanceOf("a", SQUARE), instanceOf("p", SQUARE, "plum")]);
    reshape(editor, "a", TRIANGLE);
    await autosave.flush();
    reshape(editor, "p", OTHER);
    await autosave.flush();
    expect(autosave.state.kind).toBe("saved");
    expect(server.items.map(instanceFromJson)[1]).toEqual(instanceOf("p", OTHER, "plum"));
  });
});

test("a change that is undone before it was sent leaves nothing unsaved", async () => {
  const { server, editor, autosave, kept } = start([instanceOf("a", SQUARE)]);
  reshape(editor, "a", TRIANGLE);
  expect(autosave.state.kind).toBe("unsaved");
  editor.undo();
  await autosave.flush();
  expect(autosave.state.kind).toBe("saved");
  expect(server.calls).toEqual([]);
  expect(kept.at(-1)).toBeNull();
});

test("a change of drawing order alone is counted, kept in the draft, and brought back by it", async () => {
  const before = [instanceOf("a", SQUARE), instanceOf("b", TRIANGLE), instanceOf("c", OTHER)];
  const { server, editor, autosave, kept } = start(before);
  server.failure = new ApiError(0, "unreachable");
  reorder(editor, "a", 1);
  await autosave.flush();
  expect(autosave.state).toEqual({ kind: "offline", changes: 1, isKept: true });
  const draft = kept.at(-1);
  expect([draft?.changes, draft?.order]).toEqual([[], ["b", "a", "c"]]);
  const theirs = [...before, instanceOf("theirs", SQUARE)];
  expect(intoOrder(theirs, draft?.order ?? []).map(({ id }) => id)).toEqual(["b", "a", "c", "theirs"]);
  const again = makeEditor(theirs);
  again.takeIn(intoOrder(theirs, draft?.order ?? []));
  expect(again.document.instances.map(({ id }) => id)).toEqual(["b", "a", "c", "theirs"]);
});

test("a tab that goes away sends the drawing order with what changed", async () => {
  const { server, editor, autosave } = start([instanceOf("a", SQUARE), instanceOf("b", TRIANGLE)]);
  reorder(editor, "a", 1);
  autosave.sendAway();
  await vi.advanceTimersByTimeAsync(0);
  expect(server.items.map(({ id }) => id)).toEqual(["b", "a"]);
});
