// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, it, vi } from "vitest";
import { startI18n } from "../../app/i18n.ts";
import { Summary } from "./Summary.tsx";
import type { SizeDefaults, TrainingDefaults } from "./trainingQueries.ts";

beforeAll(startI18n);

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("tells what comes after the training's own time", async () => {
  const preflight = { training_images: 8, validation_images: 2, problem: null, warnings: [], images_changed: null };
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(preflight)));
  const small = { size: "small", train_minutes: 40, predict_minutes: 5 } as SizeDefaults;
  render(
    <QueryClientProvider client={new QueryClient()}>
      <Summary
        projectId={1}
        defaults={{ sizes: [small] } as TrainingDefaults}
        choice={{ name: "a", size: "small", train_minutes: 40 }}
        continued={undefined}
        like={undefined}
        onProblem={() => undefined}
      />
    </QueryClientProvider>,
  );
  await screen.findByText(/8 train \/ 2 validation images, about 40 min/);
  screen.getByText(/the best and the last model predict on every labeled image: about 5 min/);
});
