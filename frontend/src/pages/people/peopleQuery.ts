import { infiniteQueryOptions, keepPreviousData } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Page } from "../../api/types.ts";

export interface Account {
  id: number;
  email: string;
  name: string;
  is_admin: boolean;
  is_closed: boolean;
  created_at: string;
}

export const peopleKey = ["people"] as const;

/** Everybody with an account and this part in their name or address, by address. */
export const peopleQuery = (part: string) =>
  infiniteQueryOptions({
    queryKey: [...peopleKey, part.trim()],
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Account>>("/api/v1/users", { query: { q: part.trim(), cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
  });
