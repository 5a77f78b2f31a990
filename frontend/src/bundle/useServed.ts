import { useEffect, useState } from "react";
import { readServed, type Served } from "./served.ts";

/** What lies beside the page, once it is read, or why it could not be. */
export function useServed(): { served: Served | null; error: unknown } {
  const [served, setServed] = useState<Served | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    readServed().then(setServed, setError);
  }, []);
  return { served, error };
}
