import { expect, test } from "vitest";
import { DraftKeeper } from "./draftKeeper.ts";
import type { DraftStore, KeptDraft } from "./drafts.ts";

/** Its writes end, well or not, when the test says so. */
class SlowStore implements DraftStore {
  readonly orders: string[] = [];
  end: (error?: Error) => void = () => undefined;

  async read() {
    return null;
  }

  keep({ order }: KeptDraft): Promise<void> {
    this.orders.push(order?.join() ?? "");
    return new Promise((resolve, reject) => {
      this.end = (error) => (error ? reject(error) : resolve());
    });
  }

  async drop() {
    this.orders.push("dropped");
  }
}

const draftOf = (name: string) => () => ({ changes: [], order: [name] });
const settle = () => new Promise((resolve) => setTimeout(resolve));

test("while a draft is being written only the newest of the others waits", async () => {
  const store = new SlowStore();
  const keeper = new DraftKeeper(store, () => undefined);
  for (const name of ["first", "second", "third", "last"]) keeper.keep(draftOf(name));
  expect(store.orders).toEqual(["first"]);
  store.end();
  await settle();
  expect(store.orders).toEqual(["first", "last"]);
  store.end();
  await keeper.settled();
  expect(store.orders).toEqual(["first", "last"]);
});

test("what is dropped is not written after it", async () => {
  const store = new SlowStore();
  const keeper = new DraftKeeper(store, () => undefined);
  keeper.keep(draftOf("first"));
  keeper.keep(draftOf("second"));
  await keeper.drop();
  store.end();
  await keeper.settled();
  expect(store.orders).toEqual(["first", "dropped"]);
});

test("tells when the browser refuses drafts, and when it takes them again", async () => {
  const store = new SlowStore();
  const told: boolean[] = [];
  const keeper = new DraftKeeper(store, () => told.push(keeper.isKept));
  for (const error of [new Error("full"), new Error("full"), undefined]) {
    keeper.keep(draftOf("one"));
    store.end(error);
    await keeper.settled();
  }
  expect(told).toEqual([false, true]);
});
