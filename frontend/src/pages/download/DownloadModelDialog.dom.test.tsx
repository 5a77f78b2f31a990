// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import type { Model } from "../../api/types.ts";
import { DownloadModelDialog } from "./DownloadModelDialog.tsx";

const MAP = { best: 0.71, last: 0.32 };
const MODEL = { id: 3, name: "fruit", best: { map: MAP.best }, last: { map: MAP.last } } as Model;

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("shows what each speed of the chosen checkpoint is worth", async () => {
  vi.stubGlobal("fetch", async (address: string) => {
    const checkpoint = address.includes("checkpoint=last") ? "last" : "best";
    const slow = { speed: "slow", status: "ready", map: MAP[checkpoint], latency_ms: null, relative_latency: null };
    return Response.json({ items: [{ ...slow, is_being_made: false, error: null, device: null, warning: null }] });
  });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <DownloadModelDialog model={MODEL} onClose={() => undefined} />
    </QueryClientProvider>,
  );
  expect(await screen.findByText("0.71")).not.toBeNull();
  fireEvent.click(screen.getByRole("radio", { name: /last/i }));
  expect(await screen.findByText("0.32")).not.toBeNull();
  expect(screen.queryByText("0.71")).toBeNull();
});
