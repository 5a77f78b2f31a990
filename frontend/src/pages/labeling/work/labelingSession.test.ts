import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Instance as InstanceJson } from "../../../api/types.ts";
import { deleteObjects, setLabel } from "../../../editor/actions.ts";
import { click, IMAGE, instanceOf, key, polygonOf, SQUARE } from "../../../editor/editorTesting.ts";
import { NO_MODIFIERS } from "../../../editor/events.ts";
import { type Instance, instanceToJson } from "../../../editor/instance.ts";
import type { ImageAnswer, ImageOrder } from "./imageWorker.ts";
import { LabelingSession } from "./labelingSession.ts";
import { dispatchKey } from "./useKeys.ts";

const TRIANGLE = polygonOf([1, 1], [15, 1], [1, 15]);
const LABELS = [
  { id: 1, name: "fig" },
  { id: 2, name: "date" },
];

interface Stored {
  items: InstanceJson[];
  revision: number;
}

/** The images of a project, over HTTP as the contract says. */
class Server {
  readonly images = new Map<number, Stored>();
  readonly read: number[] = [];
  isReached = true;

  put(imageId: number, ...instances: Instance[]): void {
    const revision = (this.images.get(imageId)?.revision ?? 0) + 1;
    this.images.set(imageId, { items: instances.map((one) => instanceToJson(one, IMAGE)), revision });
  }

  ids(imageId: number): string[] {
    return (this.images.get(imageId)?.items ?? []).map(({ id, label }) => `${id} ${label}`);
  }

  fetch = async (path: string, init: RequestInit): Promise<Response> => {
    if (!this.isReached) throw new TypeError("no connection");
    if (path.includes("/labels")) return Response.json({ items: LABELS });
    const imageId = Number(/images\/(\d+)/.exec(path)?.[1]);
    const stored = this.images.get(imageId);
    if (!stored) return Response.json({ error: `There is no image ${imageId}.` }, { status: 404 });
    if (path.endsWith("/instances") && init.method === "GET") this.read.push(imageId);
    if (!path.endsWith("/instances")) return Response.json({ id: imageId, name: `${imageId}.jpg`, ...IMAGE });
    if (init.method === "PATCH") {
      if (new Headers(init.headers).get("If-Match") !== `"${stored.revision}"`) {
        return Response.json({ error: "Someone saved meanwhile." }, { status: 412 });
      }
      const { upsert, delete: gone } = JSON.parse(String(init.body));
      const changed = new Set([...gone, ...upsert.map(({ id }: InstanceJson) => id)]);
      const items = [...stored.items.filter(({ id }) => !changed.has(id)), ...upsert];
      this.images.set(imageId, { items, revision: stored.revision + 1 });
    }
    const { revision, items } = this.images.get(imageId) as Stored;
    return Response.json({ revision, items }, { headers: { ETag: `"${revision}"` } });
  };
}

/** Reads pictures when it is told to. */
class PictureWorker extends EventTarget {
  static readonly all: PictureWorker[] = [];
  /** Those that go on, with the one that paints objects, which answers nobody here. */
  static readonly running = new Set<PictureWorker>();
  readonly orders: ImageOrder[] = [];
  readonly script: string;

  constructor({ pathname }: URL) {
    super();
    this.script = pathname;
    PictureWorker.running.add(this);
    if (pathname.endsWith("imageWorker.ts")) PictureWorker.all.push(this);
  }

  postMessage(order: ImageOrder): void {
    this.orders.push(order);
  }

  terminate(): void {
    this.orders.length = 0;
    PictureWorker.running.delete(this);
  }

  answer(data: ImageAnswer): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

function start(...imageIds: number[]) {
  const server = new Server();
  for (const imageId of imageIds) server.put(imageId, instanceOf("a", SQUARE), instanceOf("b", TRIANGLE));
  vi.stubGlobal("fetch", server.fetch);
  vi.stubGlobal("Worker", PictureWorker);
  for (const name of ["innerWidth", "innerHeight", "devicePixelRatio"]) vi.stubGlobal(name, 1);
  const told: string[] = [];
  const saved: string[] = [];
  const session = new LabelingSession({
    userId: 1,
    projectId: 1,
    labels: () => LABELS,
    request: (action) => told.push(action),
    onSaved: (imageId, { changesProgress }) => saved.push(`${imageId}${changesProgress ? " turned" : ""}`),
    onLabels: () => undefined,
    onLabelGone: () => undefined,
    onConflictsLeft: ({ name }, { isSaved }) => told.push(`${name} ${isSaved ? "kept" : "waits"}`),
    onFixed: () => undefined,
    onConverted: () => undefined,
    onFillCut: () => undefined,
  });
  return { server, session, told, saved };
}

/** The image that is open, once it is. */
async function opened(session: LabelingSession, imageId: number) {
  await session.open(imageId);
  const open = session.current;
  if (open?.image.id !== imageId) throw new Error(`image ${imageId} is not open`);
  return open;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  PictureWorker.all.length = 0;
  PictureWorker.running.clear();
});

test("who clicks into the panels of an image that was just left changes none", async () => {
  const { server, session } = start(1, 2);
  const left = await opened(session, 1);
  left.editor.select("a");
  const going = session.open(2);
  setLabel(left.editor, "date");
  deleteObjects(left.editor, ["b"]);
  left.editor.act("cut");
  await going;
  left.editor.undo();
  left.editor.change({ brushRadius: 40 });
  await vi.advanceTimersByTimeAsync(5_000);
  expect([server.ids(1), server.ids(2)]).toEqual([
    ["a fig", "b fig"],
    ["a fig", "b fig"],
  ]);
  expect(session.current?.editor.document.instances).toHaveLength(2);
});

test("a save is told to who follows it, and leaves the page's state as it is", async () => {
  const { server, session } = start(1);
  const { editor, autosave } = await opened(session, 1);
  const { state } = session;
  const saves: string[] = [];
  session.subscribe(() => saves.push(autosave.state.kind));
  editor.select("a");
  setLabel(editor, "date");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(server.ids(1)).toEqual(["b fig", "a date"]);
  expect(saves).toEqual(["unsaved", "saving", "saved"]);
  expect(session.state).toBe(state);
});

test("corners that were in hand on an image are in hand again when one comes back, under their label", async () => {
  const { session } = start(1, 2);
  const points = [
    [30, 5],
    [50, 5],
    [50, 25],
  ] as const;
  const { editor } = await opened(session, 1);
  setLabel(editor, "date");
  key(editor, "n");
  for (const [x, y] of points) click(editor, [x, y]);
  const other = await opened(session, 2);
  expect(other.editor.tool.draft.kind).toBe("none");
  setLabel(other.editor, "fig");
  const again = await opened(session, 1);
  expect(again.editor.tool.draft).toMatchObject({ kind: "ring", points });
  key(again.editor, "Enter");
  expect(again.editor.selected?.label).toBe("date");
  await opened(session, 2);
  expect((await opened(session, 1)).editor.tool.draft.kind).toBe("none");
});

test("an image that someone else changed too: one is told after leaving it, and chooses when it is open again", async () => {
  const { server, session, told } = start(1, 2);
  const left = await opened(session, 1);
  left.editor.select("a");
  setLabel(left.editor, "date");
  server.put(1, instanceOf("a", TRIANGLE), instanceOf("b", TRIANGLE));
  const other = await opened(session, 2);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toContain("1.jpg kept");
  expect(other.conflicts).toEqual([]);

  const again = await opened(session, 1);
  const [conflict] = again.conflicts;
  expect([conflict?.id, conflict?.theirs?.shape]).toEqual(["a", TRIANGLE]);
  await opened(session, 2);
  if (conflict) session.takeTheirs(1, conflict);
  expect(session.current?.editor.document.get("a")?.shape).toEqual(SQUARE);
  const last = await opened(session, 1);
  if (conflict) session.takeTheirs(1, conflict);
  expect(last.editor.document.get("a")?.shape).toEqual(TRIANGLE);
  expect(session.current?.conflicts).toEqual([]);
});

test("what could not be saved is there when one comes back to the image, without a draft of the browser too", async () => {
  const { server, session } = start(1, 2);
  const left = await opened(session, 1);
  await opened(session, 2);
  const first = await opened(session, 1);
  expect(first).not.toBe(left);
  first.editor.select("a");
  setLabel(first.editor, "date");
  session.preload(2);
  await vi.advanceTimersByTimeAsync(0);
  server.isReached = false;
  await opened(session, 2);
  const lost = session.open(1);
  await vi.advanceTimersByTimeAsync(0);
  await lost;
  expect([session.state.kind, session.unsavedElsewhere]).toEqual(["failed", 1]);
  server.isReached = true;
  session.retryNow();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(session.current?.editor.document.get("a")?.label).toBe("date");
  expect(server.ids(1).sort()).toEqual(["a date", "b fig"]);
});

test("the neighbours are read beforehand, and those of images left long ago anew", async () => {
  const { server, session } = start(1, 2, 3, 4);
  for (const imageId of [1, 2, 3, 4]) {
    await opened(session, imageId);
    for (const beside of [imageId + 1, imageId - 1]) if (server.images.has(beside)) session.preload(beside);
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(server.read).toEqual([1, 2, 3, 1, 4, 2, 3]);
  await opened(session, 3);
  expect(server.read).toHaveLength(7);
  server.put(1, instanceOf("theirs", SQUARE));
  const first = await opened(session, 1);
  expect(first.editor.document.instances.map(({ id }) => id)).toEqual(["theirs"]);
});

test("a picture that did not come is said, and fetched again; a late answer to the first order does not count", async () => {
  const { session } = start(1);
  await opened(session, 1);
  const [worker] = PictureWorker.all;
  const [first] = worker?.orders ?? [];
  if (!worker || !first) throw new Error("no picture was asked for");
  worker.answer({ kind: "failed", order: first.order, imageId: 1 });
  await vi.advanceTimersByTimeAsync(0);
  expect(session.current?.isPictureMissing).toBe(true);
  session.retryPicture();
  const second = worker.orders[1];
  expect([session.current?.isPictureMissing, second?.imageId]).toEqual([false, 1]);
  const level = { ...IMAGE, tiles: [] };
  worker.answer({ kind: "level", order: first.order, imageId: 1, level });
  await vi.advanceTimersByTimeAsync(0);
  expect(session.current?.pyramid).toBeNull();
  worker.answer({ kind: "level", order: second?.order ?? 0, imageId: 1, level });
  await vi.advanceTimersByTimeAsync(0);
  expect(session.current?.pyramid).not.toBeNull();
});

test("when nothing reads pictures, as without a connection, another try makes a new worker", async () => {
  const { session } = start(1);
  await opened(session, 1);
  PictureWorker.all[0]?.dispatchEvent(new Event("error"));
  await vi.advanceTimersByTimeAsync(0);
  expect(session.current?.isPictureMissing).toBe(true);
  session.retryNow();
  expect(PictureWorker.all[1]?.orders.map(({ imageId }) => imageId)).toEqual([1]);
});

test("while an image is on its way, or gone, keys lead on to others and do nothing else", async () => {
  const { session, told } = start(1);
  const press = (key: string) => dispatchKey(session, { kind: "key", key, modifiers: NO_MODIFIERS });
  const left = await opened(session, 1);
  left.editor.select("a");
  const going = session.open(7);
  expect([press("ArrowRight"), press("Delete")]).toEqual([true, false]);
  await going;
  expect(session.state).toMatchObject({ kind: "failed", message: "There is no image 7." });
  expect([press("ArrowLeft"), press("Delete")]).toEqual([true, false]);
  expect(told).toEqual(["nextImage", "previousImage"]);
  expect(left.editor.document.instances).toHaveLength(2);
});

test("with the work end its workers, though no image was ever shown", async () => {
  const { session } = start();
  await session.open(7);
  expect([session.state.kind, PictureWorker.running.size]).toEqual(["failed", 2]);
  await session.close();
  expect(PictureWorker.running.size).toBe(0);
});

test("with the painter that a reset graphics card took along the picture is read anew", async () => {
  const { session } = start(1);
  await opened(session, 1);
  const painter = [...PictureWorker.running].find(({ script }) => script.endsWith("sceneWorker.ts"));
  painter?.dispatchEvent(new Event("error"));
  expect(PictureWorker.all[1]?.orders.map(({ imageId }) => imageId)).toEqual([1]);
});

test("the project's progress is another with an image's first object and after its last one, not with each stroke", async () => {
  const { session, saved } = start(1);
  const { editor, autosave } = await opened(session, 1);
  setLabel(editor, "date");
  for (const change of [() => deleteObjects(editor, ["a"]), () => deleteObjects(editor, ["b"]), () => editor.undo()]) {
    change();
    await autosave.flush();
  }
  expect(saved).toEqual(["1", "1 turned", "1 turned"]);
});
