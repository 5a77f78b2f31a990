import { api } from "./client.ts";

/** Says that nothing of the project's labels is on images, or takes that back; refused as a whole where one has objects. */
export function markBackground(
  projectId: number,
  imageIds: readonly number[],
  background: boolean,
): Promise<{ changed: number }> {
  return api.put(`/api/v1/projects/${projectId}/background`, { image_ids: imageIds, background });
}
