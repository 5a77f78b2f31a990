import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client.ts";

/** Only a server that could not be reached, or that was busy, is asked again by itself. */
export function shouldRetry(failures: number, error: unknown): boolean {
  return failures < 2 && error instanceof ApiError && (error.isOffline || error.status >= 502);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: shouldRetry, staleTime: 5_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
