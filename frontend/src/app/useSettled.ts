import { useEffect, useState } from "react";

/** A slider that rests so long has been let go, or nearly. */
const REST_MS = 300;

/** The value once it has not changed for a while: for what is too dear to ask for at each step of a slider. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  const key = JSON.stringify(value);
  const isSettled = key === JSON.stringify(settled);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the value, which may be made anew each time
  useEffect(() => {
    if (isSettled) return;
    const timer = setTimeout(() => setSettled(value), REST_MS);
    return () => clearTimeout(timer);
  }, [key, isSettled]);
  return settled;
}
