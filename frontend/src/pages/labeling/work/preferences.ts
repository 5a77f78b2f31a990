import { useState } from "react";
import { DEFAULT_DISPLAY, type Display } from "../panels/DisplaySettings.tsx";

/** What the editor remembers in this browser. */
interface Preferences {
  display: Display;
  panels: boolean;
  /** A phone has no room for the panels beside the image. */
  panelsOnPhone: boolean;
}

const DEFAULTS: Preferences = { display: DEFAULT_DISPLAY, panels: true, panelsOnPhone: false };
const KEY = "maskwright.editor";

export function usePreference<K extends keyof Preferences>(name: K): [Preferences[K], (value: Preferences[K]) => void] {
  const [value, setValue] = useState(() => read()[name]);
  const change = (next: Preferences[K]) => {
    setValue(next);
    localStorage.setItem(KEY, JSON.stringify({ ...read(), [name]: next }));
  };
  return [value, change];
}

function read(): Preferences {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    // someone else's text under our key
    return DEFAULTS;
  }
}
