// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { MemoryRouter } from "react-router";
import { afterEach, expect, it } from "vitest";
import { QueuedList } from "./QueuedList.tsx";
import type { QueuedModel } from "./trainingQueries.ts";

afterEach(cleanup);

const queued = (id: number, name: string) => ({ id, name, project_name: "Fruit", size: "small" }) as QueuedModel;

function row(name: string): HTMLElement {
  render(
    <QueryClientProvider client={new QueryClient()}>
      <MemoryRouter>
        <QueuedList
          models={[queued(1, "own"), queued(2, "stranger"), queued(3, "own too")]}
          ownIds={[1, 3]}
          onReorder={() => undefined}
        />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return screen.getByRole("row", { name });
}

it("lets one's own models be picked up", () => {
  expect(row("own").getAttribute("draggable")).toBe("true");
});

it("lets no model of another person be picked up, by its link neither", () => {
  const stranger = row("stranger");
  fireEvent.dragStart(screen.getByRole("link", { name: "stranger" }));
  expect([stranger.getAttribute("draggable"), stranger.hasAttribute("data-dragging")]).toEqual(["false", false]);
});
