// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useStatisticsView } from "./useStatisticsView.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const wrapper = ({ children }: { children: ReactNode }) => <MemoryRouter>{children}</MemoryRouter>;
const render = () =>
  renderHook(() => ({ view: useStatisticsView(), search: useLocation().search }), { wrapper }).result;

it("holds every step of a slider at once, and writes the address when it rests", () => {
  const result = render();
  for (const iouPercent of [51, 52, 53]) {
    act(() => result.current.view[1]({ iouPercent }));
    expect(result.current.view[0].iouPercent).toBe(iouPercent);
  }
  expect(result.current.search).toBe("");
  act(() => vi.advanceTimersByTime(200));
  expect(result.current.search).toBe("?iou=53");
  expect(result.current.view[0].iouPercent).toBe(53);
});

it("keeps two changes of one moment, a slider's that is not yet written too", () => {
  const result = render();
  act(() => {
    result.current.view[1]({ scorePercent: 40 });
    result.current.view[1]({ label: "fig" });
    result.current.view[1]({ split: "training" });
  });
  expect(result.current.view[0]).toMatchObject({ scorePercent: 40, label: "fig", split: "training" });
  expect(new URLSearchParams(result.current.search).get("split")).toBe("training");
  act(() => vi.advanceTimersByTime(200));
  expect(new URLSearchParams(result.current.search).get("score")).toBe("40");
});
