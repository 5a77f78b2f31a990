import { useSyncExternalStore } from "react";

/** Changes when light turns to dark or back: what is drawn on a canvas has to read its colours again. */
export function useThemeVersion(): string {
  return useSyncExternalStore(subscribe, () => document.documentElement.dataset.theme ?? "light");
}

function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}
