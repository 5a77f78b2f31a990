// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import type { ModelSpeed } from "../../api/types.ts";
import { startI18n } from "../../app/i18n.ts";
import { SpeedMaking } from "./SpeedMaking.tsx";

const MEDIUM = { speed: "medium", status: "not_made", is_being_made: false, progress: 0, error: null } as ModelSpeed;

beforeAll(startI18n);

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it.each([
  ["only where it is faster, at first", MEDIUM, "Make medium", "again=false&only_if_faster=true"],
  [
    "also where it is not, once that was said",
    { ...MEDIUM, status: "not_faster", error: "at speed medium an image took 1.50 times as long" },
    "Make medium anyway",
    "again=false&only_if_faster=false",
  ],
  ["again, whatever it was timed at", { ...MEDIUM, status: "ready" }, "Make again", "again=true&only_if_faster=false"],
] as [string, ModelSpeed, string, string][])("makes a speed %s", async (_when, speed, button, query) => {
  const fetched = vi.fn(async (_address: string) => Response.json(speed));
  vi.stubGlobal("fetch", fetched);
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SpeedMaking modelId={3} speed={speed} />
    </QueryClientProvider>,
  );
  if (speed.error !== null) {
    expect(await screen.findByText(/gains nothing here: at speed medium an image took 1.50 times/)).not.toBeNull();
  }
  fireEvent.click(await screen.findByRole("button", { name: button }));
  await waitFor(() => expect(fetched).toHaveBeenCalled());
  expect(fetched.mock.calls[0]?.[0]).toBe(`/api/v1/models/3/speeds/medium?${query}`);
});
