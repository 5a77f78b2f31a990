import type { Split } from "../../api/types.ts";
import { idOf } from "../../app/currentProject.ts";
import type { Finding } from "./fixQueries.ts";

/** Which model's findings are walked along; the labeling desk's address holds it. */
export interface Walk {
  readonly modelId: number;
  readonly split: Split;
}

/** The desk with the image of a finding; its row of images is the one that was left for it. */
export function reviewAddress(projectId: number, { modelId, split, finding }: Walk & { finding: Finding }) {
  const search = new URLSearchParams({ chosen: "1", review: String(modelId), split, finding: finding.key });
  return { pathname: `/projects/${projectId}/label/${finding.image_id}`, search: search.toString() };
}

export function walkOf(search: URLSearchParams): Walk | null {
  const modelId = idOf(search.get("review") ?? undefined);
  if (modelId === undefined) return null;
  return { modelId, split: search.get("split") === "training" ? "training" : "validation" };
}
