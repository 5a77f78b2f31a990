import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Member, Page } from "../../api/types.ts";

/** Larger than any team. */
const ALL = 1000;

export const membersKey = (projectId: number) => ["projects", projectId, "members"] as const;

export const membersQuery = (projectId: number) =>
  queryOptions({
    queryKey: membersKey(projectId),
    queryFn: () => api.get<Page<Member>>(`/api/v1/projects/${projectId}/members`, { query: { limit: ALL } }),
  });
