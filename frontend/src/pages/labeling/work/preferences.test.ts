import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DEFAULT_DISPLAY } from "../panels/DisplaySettings.tsx";
import { PreferenceOutbox, type Values } from "./preferenceOutbox.ts";
import { readDisplay, readKeyChanges } from "./preferences.ts";

class Kept {
  readonly texts = new Map<string, string>();
  getItem = (key: string) => this.texts.get(key) ?? null;
  setItem = (key: string, text: string) => void this.texts.set(key, text);
  removeItem = (key: string) => void this.texts.delete(key);
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("changes in a row are one request, and then nothing is waiting", async () => {
  const sent: Values[] = [];
  const storage = new Kept();
  const outbox = new PreferenceOutbox(7, { storage, send: async (values) => void sent.push(values) });
  outbox.set("fill", 1);
  outbox.set("fill", 2);
  outbox.set("panels", false);
  expect(outbox.waiting).toEqual({ fill: 2, panels: false });
  await vi.runAllTimersAsync();
  expect(sent).toEqual([{ fill: 2, panels: false }]);
  expect(outbox.waiting).toEqual({});
  expect(storage.texts.size).toBe(0);
});

test("what could not be sent waits in the browser for the next visit", async () => {
  const storage = new Kept();
  const away = new PreferenceOutbox(7, { storage, send: () => Promise.reject(new Error("offline")) });
  away.set("fill", 3);
  await vi.runAllTimersAsync();
  expect(away.waiting).toEqual({ fill: 3 });

  const sent: Values[] = [];
  const other = new PreferenceOutbox(8, { storage, send: async (values) => void sent.push(values) });
  const again = new PreferenceOutbox(7, { storage, send: async (values) => void sent.push(values) });
  expect([other.waiting, again.waiting]).toEqual([{}, { fill: 3 }]);
  await vi.runAllTimersAsync();
  expect(sent).toEqual([{ fill: 3 }]);
});

test("a change made while another is on its way goes after it", async () => {
  const sent: Values[] = [];
  const outbox: PreferenceOutbox = new PreferenceOutbox(7, {
    storage: new Kept(),
    send: async (values) => {
      sent.push(values);
      if (sent.length === 1) outbox.set("fill", 2);
    },
  });
  outbox.set("fill", 1);
  await vi.runAllTimersAsync();
  expect(sent).toEqual([{ fill: 1 }, { fill: 2 }]);
  expect(outbox.waiting).toEqual({});
});

test("an unreadable store is an empty one", () => {
  const storage = new Kept();
  storage.setItem("maskwright.preferences.7", "{oops");
  expect(new PreferenceOutbox(7, { storage, send: async () => undefined }).waiting).toEqual({});
});

test("what is kept is taken as far as it makes sense", () => {
  expect(readDisplay({ fill: 50, brightness: "bright", contrast: -3 })).toEqual({ ...DEFAULT_DISPLAY, fill: 50 });
  expect(readDisplay(null)).toEqual(DEFAULT_DISPLAY);
  expect(readKeyChanges({ undo: ["ctrl+u"], redo: "y", cut: [1] })).toEqual({ undo: ["ctrl+u"] });
  expect(readKeyChanges([["a"]])).toEqual({});
});
