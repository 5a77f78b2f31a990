import { useQueries, useQuery } from "@tanstack/react-query";
import { projectQuery } from "../api/queries.ts";
import { isAtLeast } from "./roles.ts";

/** Whether I may train and predict in a project; no until it is known. */
export function useIsDeveloper(projectId: number): boolean {
  return isAtLeast(useQuery(projectQuery(projectId)).data?.role, "Developer");
}

/** The same of at least one of these projects. */
export function useIsDeveloperInAny(projectIds: readonly number[]): boolean {
  const projects = useQueries({ queries: [...new Set(projectIds)].map(projectQuery) });
  return projects.some(({ data }) => isAtLeast(data?.role, "Developer"));
}
