import { useState } from "react";

/** A setting of the page that this browser keeps. */
export function useStored<T extends string | number | boolean>(name: string, initial: T): [T, (value: T) => void] {
  const key = `maskwright.${name}`;
  const [value, setValue] = useState<T>(() => read(key, initial));
  const store = (next: T) => {
    setValue(next);
    try {
      localStorage.setItem(key, JSON.stringify(next));
    } catch {
      // Blocked storage: the setting holds until the page is left.
    }
  };
  return [value, store];
}

function read<T>(key: string, initial: T): T {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    return typeof stored === typeof initial ? (stored as T) : initial;
  } catch {
    return initial;
  }
}
