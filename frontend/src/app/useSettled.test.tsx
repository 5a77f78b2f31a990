// @vitest-environment happy-dom
import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useSettled } from "./useSettled.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("follows once the value rests", () => {
  const { result, rerender } = renderHook(({ iou }) => useSettled({ iou }), { initialProps: { iou: 50 } });
  for (const iou of [51, 52, 53]) {
    rerender({ iou });
    act(() => vi.advanceTimersByTime(200));
    expect(result.current).toEqual({ iou: 50 });
  }
  act(() => vi.advanceTimersByTime(100));
  expect(result.current).toEqual({ iou: 53 });
});

it("does not wait for an equal value", () => {
  const { result, rerender } = renderHook(({ iou }) => useSettled({ iou }), { initialProps: { iou: 50 } });
  rerender({ iou: 51 });
  rerender({ iou: 50 });
  act(() => vi.advanceTimersByTime(1000));
  expect(result.current).toEqual({ iou: 50 });
});
