import { useQuery } from "@tanstack/react-query";
import { Outlet } from "react-router";
import { isNotFound } from "../api/client.ts";
import { projectQuery } from "../api/queries.ts";
import { useIdParam } from "./currentProject.ts";
import { NotFoundPage } from "./FailurePages.tsx";

/** Around the pages of one project: none of them shows a project that was deleted, by whomever, as if it were there. */
export function ProjectRoute() {
  const project = useQuery(projectQuery(useIdParam("projectId")));
  return isNotFound(project.error) ? <NotFoundPage /> : <Outlet />;
}
