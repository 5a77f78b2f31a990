import { notifyManager, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client.ts";

/** Only a server that could not be reached, or that was busy, is asked again by itself. */
export function shouldRetry(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof ApiError && (error.isOffline || error.status >= 502);
}

// Within the event that sets it off: after a timer, the second click of a double click would find the button still enabled.
notifyManager.setScheduler(queueMicrotask);

export const queryClient = new QueryClient({
  defaultOptions: {
    // The server may be this very machine, with the network cable out: whether it can be reached is found by asking.
    queries: { retry: shouldRetry, staleTime: 5_000, refetchOnWindowFocus: true, networkMode: "always" },
    mutations: { retry: false, networkMode: "always" },
  },
});
