import { useQueries, useQuery } from "@tanstack/react-query";
import { projectQuery } from "../api/queries.ts";
import { isAtLeast } from "./roles.ts";

/** Whether I may train and predict in a project; no until it is known. */
export function useIsDeveloper(projectId: number): boolean {
  return isAtLeast(useQuery(projectQuery(projectId)).data?.role, "Developer");
}

/** Those of the projects in which I may. */
export function useProjectsOfDeveloper(projectIds: readonly number[]): ReadonlySet<number> {
  const projects = useQueries({ queries: [...new Set(projectIds)].map(projectQuery) });
  return new Set(projects.flatMap(({ data }) => (isAtLeast(data?.role, "Developer") && data ? [data.id] : [])));
}
