/** What happened elsewhere, told in a corner; undo in it. Use showToast() from anywhere; <ToastRegion> draws them. */
import { useSyncExternalStore } from "react";

export interface Toast {
  id: number;
  text: string;
  kind: "info" | "error";
  action?: { text: string; run: () => void };
}

interface ToastOptions {
  kind?: Toast["kind"];
  action?: Toast["action"];
  /** Called once when the toast leaves without its action having been taken. */
  onGone?: () => void;
}

/** Time to read two lines and reach for the button; the clock stands while the pointer or the focus is on a toast. */
const SHOWN_MS = 8_000;

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();
const clocks = new Map<number, { timer: ReturnType<typeof setTimeout> | null; onGone: (() => void) | undefined }>();

export function showToast(text: string, options: ToastOptions = {}): number {
  const id = nextId++;
  const toast: Toast = { id, text, kind: options.kind ?? "info" };
  if (options.action) toast.action = options.action;
  clocks.set(id, { timer: null, onGone: options.onGone });
  publish([...toasts, toast]);
  startClock(id);
  return id;
}

export function dismissToast(id: number): void {
  remove(id)?.onGone?.();
}

/** Runs the toast's action; its onGone is then not called. */
export function takeToastAction(toast: Toast): void {
  remove(toast.id);
  toast.action?.run();
}

/** Undo by key: takes the action of the newest toast that has one. */
export function takeNewestToastAction(): void {
  const newest = toasts.findLast(({ action }) => action !== undefined);
  if (newest) takeToastAction(newest);
}

export function holdToasts(): void {
  for (const clock of clocks.values()) {
    if (clock.timer !== null) clearTimeout(clock.timer);
    clock.timer = null;
  }
}

export function resumeToasts(): void {
  for (const id of clocks.keys()) startClock(id);
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}

function startClock(id: number): void {
  const clock = clocks.get(id);
  if (clock && clock.timer === null) clock.timer = setTimeout(() => dismissToast(id), SHOWN_MS);
}

function remove(id: number): { onGone: (() => void) | undefined } | undefined {
  const clock = clocks.get(id);
  if (!clock) return undefined;
  if (clock.timer !== null) clearTimeout(clock.timer);
  clocks.delete(id);
  publish(toasts.filter((toast) => toast.id !== id));
  return clock;
}

function publish(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}
