import { useEffect, useState } from "react";

const SETTLE_MS = 250;

/** A value once it has kept still for a moment: what is dragged or typed is not asked for at every turn. */
export function useSettled<T>(value: T): T {
  const text = JSON.stringify(value);
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return JSON.parse(settled) as T;
}
