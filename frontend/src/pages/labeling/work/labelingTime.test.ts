import { expect, test } from "vitest";
import { ApiError } from "../../../api/client.ts";
import { ActiveClock, IDLE_MS } from "./activeClock.ts";
import { TimeSheet } from "./timeSheet.ts";

/** Beats once a second from one second to another. */
function work(clock: ActiveClock, from: number, to: number): void {
  for (let second = from; second <= to; second++) clock.beat(second * 1000);
}

test("ten minutes with a pause of three are seven", () => {
  const clock = new ActiveClock();
  work(clock, 0, 240);
  work(clock, 420, 600);
  expect(clock.take()).toBe(420_000);
  expect(clock.take()).toBe(0);
});

test("looking at the image for a minute is work, longer is a pause", () => {
  const clock = new ActiveClock();
  clock.beat(0);
  clock.beat(IDLE_MS);
  expect(clock.take()).toBe(IDLE_MS);
  clock.beat(2 * IDLE_MS + 1);
  expect(clock.take()).toBe(0);
});

test("another window's time does not count, though it was short", () => {
  const clock = new ActiveClock();
  clock.beat(0);
  clock.pause(5000);
  clock.beat(25_000);
  clock.beat(27_000);
  expect(clock.take()).toBe(7000);
  clock.pause(28_000);
  clock.pause(40_000);
  expect(clock.take()).toBe(1000);
});

class Kept implements Storage {
  readonly #items = new Map<string, string>();
  get length() {
    return this.#items.size;
  }
  key = (index: number) => [...this.#items.keys()][index] ?? null;
  getItem = (key: string) => this.#items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.#items.set(key, value);
  removeItem = (key: string) => void this.#items.delete(key);
  clear = () => this.#items.clear();
}

function sheetWith(answers: (ApiError | null)[], { storage = new Kept(), tab = "a", at = 0 } = {}) {
  const sent: [number, number][] = [];
  const sheet = new TimeSheet(
    async (imageId, seconds) => {
      sent.push([imageId, seconds]);
      const answer = answers.shift();
      if (answer) throw answer;
    },
    { userId: 7, tab, storage, now: () => at },
  );
  return { sheet, sent, storage };
}

test("time is sent by image, and once", async () => {
  const { sheet, sent } = sheetWith([]);
  sheet.add(1, 20_000);
  sheet.add(2, 500);
  sheet.add(1, 10_500);
  await Promise.all([sheet.send(), sheet.send({ isLeaving: true })]);
  expect(sent).toEqual([[1, 30.5]]);
  sheet.add(2, 700);
  await sheet.send();
  expect(sent.slice(1)).toEqual([[2, 1.2]]);
});

test("what the server did not get is sent again; what it refused for good is not", async () => {
  const { sheet, sent } = sheetWith([new ApiError(0, "offline"), null, new ApiError(404, "gone")]);
  sheet.add(1, 30_000);
  await sheet.send();
  sheet.add(1, 5000);
  await sheet.send();
  sheet.add(3, 9000);
  await sheet.send();
  await sheet.send();
  expect(sent).toEqual([
    [1, 30],
    [1, 35],
    [3, 9],
  ]);
});

test("hours that a dead connection held back go in pieces the server takes", async () => {
  const { sheet, sent } = sheetWith([]);
  sheet.add(1, 4000_000);
  await sheet.send();
  await sheet.send();
  expect(sent).toEqual([
    [1, 3600],
    [1, 400],
  ]);
});

test("a tab that was closed without a connection leaves its time to the next one, which waits until it is surely gone", async () => {
  const { sheet, sent, storage } = sheetWith([new ApiError(0, "offline")]);
  sheet.add(1, 30_000);
  await sheet.send();
  sheet.add(1, 12_000);
  await sheet.send({ isLeaving: true });
  expect(sent).toHaveLength(1);

  const soon = sheetWith([], { storage, tab: "b", at: 60_000 });
  await soon.sheet.send();
  expect(soon.sent).toEqual([]);
  const later = sheetWith([], { storage, tab: "b", at: 200_000 });
  await later.sheet.send();
  await later.sheet.send();
  expect(later.sent).toEqual([[1, 42]]);
  expect(storage.length).toBe(0);
});

test("what was sent while leaving is not sent again", async () => {
  const { sheet, storage } = sheetWith([]);
  sheet.add(1, 30_000);
  void sheet.send({ isLeaving: true });
  expect(storage.length).toBe(0);
});
