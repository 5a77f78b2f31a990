import { afterEach, expect, test, vi } from "vitest";
import { watchPixelRatio } from "./watchPixelRatio.ts";

afterEach(() => vi.unstubAllGlobals());

/** A window that is moved between screens. */
function stubScreens() {
  const queries = new Map<string, EventTarget>();
  const page = {
    devicePixelRatio: 1,
    matchMedia: (text: string) => {
      const query = new EventTarget();
      queries.set(text, query);
      return query;
    },
  };
  vi.stubGlobal("window", page);
  return (ratio: number) => {
    const left = queries.get(`(resolution: ${page.devicePixelRatio}dppx)`);
    page.devicePixelRatio = ratio;
    left?.dispatchEvent(new Event("change"));
  };
}

test("each move to another screen is told, until nobody listens", () => {
  const moveTo = stubScreens();
  const told = vi.fn();
  const stop = watchPixelRatio(told);
  moveTo(2);
  moveTo(1.5);
  expect(told).toHaveBeenCalledTimes(2);
  stop();
  moveTo(1);
  expect(told).toHaveBeenCalledTimes(2);
});
