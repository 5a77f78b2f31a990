// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, render, screen } from "@testing-library/react";
import { createMemoryRouter, RouterProvider } from "react-router";
import { afterEach, expect, it, vi } from "vitest";
import { ApiError } from "../api/client.ts";
import { modelQuery } from "../api/queries.ts";
import { ModelRoute } from "./ModelRoute.tsx";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it.each([
  ["a model that was deleted is not shown any more", 404, null],
  ["a model stays in sight while the server is broken", 500, "the page"],
])("%s", async (_case, status, shown) => {
  vi.stubGlobal("fetch", async () => Response.json({ error: "no" }, { status }));
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  const query = modelQuery(3);
  client.setQueryData(query.queryKey, { id: 3, name: "fruit" } as never);
  const routes = [
    { path: "/models/:modelId", Component: ModelRoute, children: [{ index: true, element: "the page" }] },
  ];
  const router = createMemoryRouter(routes, { initialEntries: ["/models/3"] });
  render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  expect(screen.queryByText("the page")).not.toBeNull();
  await act(async () => void (await client.refetchQueries(query)));
  expect(client.getQueryState(query.queryKey)?.error).toBeInstanceOf(ApiError);
  await vi.waitFor(() => expect(screen.queryByText("the page")?.textContent ?? null).toBe(shown));
});
