// @vitest-environment happy-dom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { sizeOf } from "./choice.ts";
import type { SizeDefaults, TrainingDefaults } from "./trainingQueries.ts";
import { useDefaultsAt } from "./useDefaultsAt.ts";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const defaultsAt = (imageSize: number, minutes: number) =>
  ({ sizes: [{ size: "small", image_size: imageSize, train_minutes: minutes } as SizeDefaults] }) as TrainingDefaults;

function wrapper({ children }: { children: ReactNode }) {
  return <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>;
}

it("asks for the times at an image size that is not the size's own, and goes back without asking", async () => {
  const fetched = vi.fn((_address: unknown) => Promise.resolve(Response.json(defaultsAt(256, 8))));
  vi.stubGlobal("fetch", fetched);
  const { result, rerender } = renderHook(
    ({ imageSize }) =>
      useDefaultsAt(1, defaultsAt(512, 20), { name: "a", size: "small" as const, image_size: imageSize }),
    { wrapper, initialProps: { imageSize: 512 } },
  );
  const minutes = () => sizeOf(result.current.shown, "small")?.train_minutes;
  expect([minutes(), result.current.isAsking]).toEqual([20, false]);
  rerender({ imageSize: 256 });
  expect(result.current.isAsking).toBe(true);
  await waitFor(() => expect([minutes(), result.current.isAsking]).toEqual([8, false]));
  expect(String(fetched.mock.calls[0]?.[0])).toContain("image_size=256");
  rerender({ imageSize: 512 });
  expect([minutes(), result.current.isAsking]).toEqual([20, false]);
  expect(fetched).toHaveBeenCalledTimes(1);
});
