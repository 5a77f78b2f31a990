// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import { ProgressItem } from "./ProgressItem.tsx";

const WORKERS = 7; // one more than a browser keeps connections to a server

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("asks for the curves of many trainings over no connection that stays open", async () => {
  const openStream = vi.fn();
  const asked = new Set<string>();
  vi.stubGlobal("EventSource", openStream);
  vi.stubGlobal("fetch", async (path: string) => {
    asked.add(path);
    return Response.json(path === "/api/v1/queue" ? queue() : { items: [] });
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <ProgressItem />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  const button = await screen.findByRole("button");
  await act(async () => button.click());
  await vi.waitFor(() => expect([...asked].filter((path) => path.endsWith("/curve"))).toHaveLength(WORKERS));
  expect(openStream).not.toHaveBeenCalled();
});

function queue() {
  const running = Array.from({ length: WORKERS }, (_, index) => ({
    id: index + 1,
    name: `model ${index}`,
    project_id: 1,
    status: "training",
    progress: 0.5,
    eta_s: 60,
    best: null,
  }));
  return { running, queued: [], workers: [], hidden: 0 };
}
