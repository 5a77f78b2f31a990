import { infiniteQueryOptions } from "@tanstack/react-query";
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

/** Everybody with an account, by address. */
export const peopleQuery = infiniteQueryOptions({
  queryKey: ["people"],
  queryFn: ({ pageParam }) => api.get<Page<Account>>("/api/v1/users", { query: { cursor: pageParam } }),
  initialPageParam: null as string | null,
  getNextPageParam: (last) => last.next_cursor,
});
