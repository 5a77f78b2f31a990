import { useQuery } from "@tanstack/react-query";
import { projectQuery } from "../api/queries.ts";
import { isAtLeast } from "./roles.ts";

/** Whether I may train and predict in a project; no until it is known. */
export function useIsDeveloper(projectId: number): boolean {
  return isAtLeast(useQuery(projectQuery(projectId)).data?.role, "Developer");
}
