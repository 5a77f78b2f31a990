// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BUSY_POLL_MS, logQuery } from "./trainingQueries.ts";
import { useLiveModel } from "./useLiveModel.ts";

const listening = new Set<FakeEvents>();
const running = { code: 200, status: "training", points: [{ step: 1 }], lines: [{ at: "", message: "begins" }] };
const server = { ...running };
const asked: string[] = [];
let visibility: DocumentVisibilityState;

/** A connection over which comes what a test tells. */
class FakeEvents {
  onmessage: (event: { data: string }) => void = () => undefined;

  constructor() {
    listening.add(this);
  }

  close() {
    listening.delete(this);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  listening.clear();
  visibility = "visible";
  Object.assign(server, running);
  vi.stubGlobal("EventSource", FakeEvents);
  vi.stubGlobal("fetch", async (path: string) => Response.json(answerTo(path), { status: server.code }));
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function answerTo(path: string) {
  asked.push(path);
  if (path.endsWith("/curve")) return { items: server.points };
  if (path.endsWith("/log")) return { items: server.lines };
  return { id: 1, attempt: 1, status: server.status };
}

function render() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return { client, ...renderHook(() => useLiveModel(1), { wrapper }) };
}

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

it("has the last points and lines also where the end came without events", async () => {
  const { client, result } = render();
  await act(async () => void (await client.prefetchQuery(logQuery(1))));
  await pass(0);
  expect(result.current.points).toHaveLength(1);
  Object.assign(server, { status: "ready", points: [{ step: 1 }, { step: 2 }] });
  await pass(2 * BUSY_POLL_MS);
  expect(result.current.model.data?.status).toBe("ready");
  expect(result.current.points).toHaveLength(2);
  expect(client.getQueryState(logQuery(1).queryKey)?.isInvalidated).toBe(true);
});

it("drops the points of a worker that died before its first checkpoint", async () => {
  const { result } = render();
  await pass(0);
  const tell = (attempt: number, steps: number[]) =>
    act(async () => {
      const points = steps.map((step) => ({ step }));
      for (const { onmessage } of listening)
        onmessage({ data: JSON.stringify({ model: { id: 1, attempt, status: "training" }, points }) });
    });
  await tell(1, [2]);
  await pass(1);
  expect(result.current.points.map(({ step }) => step)).toEqual([1, 2]);
  await tell(2, []);
  await pass(1);
  expect(result.current.points).toEqual([]);
});

it("listens only while the tab is in sight", async () => {
  render();
  await pass(0);
  expect(listening.size).toBe(1);
  visibility = "hidden";
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
  expect(listening.size).toBe(0);
  visibility = "visible";
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
  expect(listening.size).toBe(1);
});

it("asks no more for a model that was deleted while it trained", async () => {
  render();
  await pass(0);
  server.code = 404;
  await pass(2 * BUSY_POLL_MS);
  expect(listening.size).toBe(0);
  asked.length = 0;
  await pass(5 * BUSY_POLL_MS);
  expect(asked).toEqual([]);
});
