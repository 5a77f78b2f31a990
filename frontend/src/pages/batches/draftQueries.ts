/** Drafts made of a batch's predictions, how many wait, and deciding on many at once. Scores are 0-1. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { batchPath } from "./batchQueries.ts";

export interface MadeDrafts {
  drafts: number;
  images: number;
  /** Open drafts of these images that had to go. */
  replaced: number;
  /** Predictions of what is labeled already. */
  skipped_labeled: number;
  /** Predictions of what somebody rejected. */
  skipped_rejected: number;
  labels_created: string[];
}

/** @param minScore Null leaves it to the model's thresholds. */
export function makeDrafts(batchId: number, minScore: number | null): Promise<MadeDrafts> {
  return api.post<MadeDrafts>(`${batchPath(batchId)}/drafts`, { min_score: minScore });
}

export interface ProjectDrafts {
  /** Drafts that nobody has decided on. */
  drafts: number;
  /** Images with such drafts. */
  images: number;
}

export const projectDraftsQuery = (projectId: number) =>
  queryOptions({
    queryKey: ["projects", projectId, "drafts"],
    queryFn: () => api.get<ProjectDrafts>(draftsPath(projectId)),
  });

export interface Decided {
  drafts: number;
  images: number;
}

const draftsPath = (projectId: number) => `/api/v1/projects/${projectId}/drafts`;

/** @param minScore Null accepts all. */
export function acceptDrafts(
  projectId: number,
  imageIds: readonly number[],
  minScore: number | null,
): Promise<Decided> {
  return api.post<Decided>(`${draftsPath(projectId)}/accept`, { image_ids: imageIds, min_score: minScore });
}

/** The answer's rejection_id takes it back. */
export function rejectDrafts(
  projectId: number,
  imageIds: readonly number[],
): Promise<Decided & { rejection_id: string }> {
  return api.post(`${draftsPath(projectId)}/reject`, { image_ids: imageIds });
}

export function restoreDrafts(projectId: number, rejectionId: string): Promise<Decided> {
  return api.post<Decided>(`${draftsPath(projectId)}/restore`, { rejection_id: rejectionId });
}

/** The gallery, the labels and the editor's row of images are other ones once drafts were made or decided on. */
export async function forgetDrafts(client: QueryClient, projectId: number): Promise<void> {
  client.removeQueries({ queryKey: ["projects", projectId, "image-ids"] });
  await client.invalidateQueries({ queryKey: ["projects", projectId] });
}

/** The editor on the images with drafts, the least certain first. */
export const reviewAddress = (projectId: number) => `/projects/${projectId}/label?drafts=1&sort=uncertainty`;
