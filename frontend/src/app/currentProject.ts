import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { isNotFound } from "../api/client.ts";
import { modelQuery, projectQuery } from "../api/queries.ts";
import type { Project } from "../api/types.ts";
import { batchQuery } from "../pages/batches/batchQueries.ts";

/** The project that the address is about, by its own id or its model's or batch's; undefined elsewhere, while it loads and once it is gone. */
export function useCurrentProject(): Project | undefined {
  const projectId = useCurrentProjectId();
  const project = useQuery({ ...projectQuery(projectId ?? 0), enabled: projectId !== undefined });
  return isNotFound(project.error) ? undefined : project.data;
}

export function useCurrentProjectId(): number | undefined {
  const params = useParams();
  const ofAddress = idOf(params.projectId);
  const modelId = idOf(params.modelId);
  const model = useQuery({
    ...modelQuery(modelId ?? 0),
    enabled: ofAddress === undefined && modelId !== undefined,
  }).data;
  const batchId = idOf(params.batchId);
  const batch = useQuery({ ...batchQuery(batchId ?? 0), enabled: batchId !== undefined }).data;
  return ofAddress ?? model?.project_id ?? batch?.project_id;
}

/** An id of the address, which the router has checked only to be there. */
export function useIdParam(name: "projectId" | "modelId" | "imageId"): number {
  return idOf(useParams()[name]) ?? 0;
}

export function idOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : undefined;
}
