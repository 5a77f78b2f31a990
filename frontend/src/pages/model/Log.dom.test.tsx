// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import type { Model } from "../../api/types.ts";
import { Log } from "./Log.tsx";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function show(answer: () => Promise<Response>) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const asked = vi.fn(answer);
  vi.stubGlobal("fetch", asked);
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <Log model={{ id: 1, status: "ready" } as Model} />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  await vi.waitFor(() => expect(asked).toHaveBeenCalled());
  await act(async () => void (await vi.waitFor(() => expect(client.isFetching()).toBe(0))));
}

it("leaves it to the page to say that the server is away", async () => {
  await show(() => Promise.reject(new TypeError("Failed to fetch")));
  expect(screen.queryByRole("alert")).toBeNull();
});

it("says why there is no log", async () => {
  await show(async () => Response.json({ error: "the storage is damaged" }, { status: 409 }));
  expect(screen.getByRole("alert").textContent).toContain("The storage is damaged");
});
