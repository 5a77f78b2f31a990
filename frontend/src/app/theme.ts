/** Light, dark, or as the system has it. static/theme.js does the same before the first paint. */
import { useSyncExternalStore } from "react";

export type ThemeChoice = "system" | "light" | "dark";

const STORAGE_KEY = "maskwright.theme";
const listeners = new Set<() => void>();

/** Follows the system's choice from now on, as long as the person made none. */
export function startTheme(): void {
  darkMedia().addEventListener("change", apply);
  apply();
}

export function chooseTheme(choice: ThemeChoice): void {
  try {
    if (choice === "system") localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, choice);
  } catch {
    // Blocked storage: the choice holds until the page is left.
  }
  current = choice;
  apply();
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => current);
}

/** "light" or "dark", for what is drawn on a canvas and must be drawn again when the theme changes. */
export function useTheme(): "light" | "dark" {
  return useSyncExternalStore(subscribe, shownTheme);
}

let current: ThemeChoice = readChoice();

function readChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return stored === "light" || stored === "dark" ? stored : "system";
  } catch {
    return "system";
  }
}

function darkMedia(): MediaQueryList {
  return window.matchMedia("(prefers-color-scheme: dark)");
}

function shownTheme(): "light" | "dark" {
  if (current !== "system") return current;
  return darkMedia().matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset.theme = shownTheme();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
