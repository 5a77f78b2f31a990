// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { RETRY_DELAYS_MS } from "../gallery/upload/connection.ts";
import { usePredictions } from "./usePredictions.ts";

const FIRST_DELAY_MS = RETRY_DELAYS_MS[0] ?? 0;
const server = vi.fn<() => Promise<Response>>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", server);
  URL.createObjectURL = () => "blob:picture";
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  server.mockReset();
});

const found = async () => Response.json([]);
const isAway = async () => Promise.reject(new TypeError("Failed to fetch"));
const picture = (name: string) => ({ name, load: async () => new Blob(["x"]) });

function render(path: string | null = "/api/predict/1/fruit") {
  const { result, rerender, unmount } = renderHook((props) => usePredictions(props.path, "slow"), {
    initialProps: { path },
  });
  return {
    states: () => result.current.pictures.map(({ state }) => state),
    add: (...names: string[]) => act(async () => result.current.add(names.map(picture))),
    predictAgain: () => act(async () => result.current.predictAgain(1)),
    ask: (newPath: string) => act(async () => rerender({ path: newPath })),
    unmount,
  };
}

it("waits for a server that is away, and goes on by itself", async () => {
  server.mockImplementation(isAway);
  const { add, states } = render();
  await add("a", "b");
  expect(states()).toEqual(["stalled", "waiting"]);
  server.mockImplementation(found);
  await act(() => vi.advanceTimersByTimeAsync(FIRST_DELAY_MS));
  expect(states()).toEqual(["done", "done"]);
});

it("stops asking when the page is left", async () => {
  server.mockImplementation(isAway);
  const { add, unmount } = render();
  await add("a");
  unmount();
  await vi.runAllTimersAsync();
  expect(server).toHaveBeenCalledTimes(1);
});

it("asks once more for a picture that was refused", async () => {
  server.mockImplementation(async () => Response.json({ error: "the model is being trained" }, { status: 409 }));
  const { add, states, predictAgain } = render();
  await add("a", "b");
  expect(states()).toEqual(["failed", "failed"]);
  server.mockImplementation(found);
  await predictAgain();
  expect(states()).toEqual(["done", "failed"]);
});

it("predicts what came before the model was known", async () => {
  server.mockImplementation(found);
  const { add, states, ask } = render(null);
  await add("a");
  expect(states()).toEqual(["waiting"]);
  await ask("/api/predict/1/fruit");
  expect(states()).toEqual(["done"]);
});

it("predicts all again with another model, also while the server is away", async () => {
  server.mockImplementation(isAway);
  const { add, states, ask } = render();
  await add("a", "b");
  server.mockImplementation(found);
  await ask("/api/predict/1/other");
  expect(states()).toEqual(["done", "done"]);
});
