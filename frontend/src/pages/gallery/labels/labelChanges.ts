import { type Query, type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import { labelsQuery } from "../../../api/queries.ts";
import type { LabelClass } from "../../../api/types.ts";
import { showToast } from "../../../components/toasts.ts";
import { changedPositions, moveLabel } from "./labelOrder.ts";

/** A change of a label; the project's labels, images and counts are read anew after it, then the dialog closes. */
export function useLabelChange<Input, Answer>(
  projectId: number,
  change: (input: Input) => Promise<Answer>,
  onDone: (answer: Answer) => void,
) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (answer) => {
      await readAnew(client, projectId);
      onDone(answer);
    },
  });
}

/** Gives a label's name and colour back; fit for a toast, which outlives the page. */
export function useUndoLabelChange(projectId: number): (label: LabelClass) => void {
  const client = useQueryClient();
  return async ({ id, name, color }) => {
    try {
      await api.patch(`/api/v1/projects/${projectId}/labels/${id}`, { name, color });
      await readAnew(client, projectId);
    } catch (error) {
      showToast(String(error instanceof Error ? error.message : error), { kind: "error" });
    }
  };
}

/** A label's new place; quick moves follow one another, so that the list is another one than was last drawn. */
type PlaceIn = (labels: readonly LabelClass[]) => number;

/** Moves a label to the place that is found for it: shown at once, stored one move after another. */
export function useMoveLabel(projectId: number): (id: number, placeIn: PlaceIn) => Promise<void> {
  const { t } = useTranslation("labels");
  const client = useQueryClient();
  const { queryKey } = labelsQuery(projectId);
  const mutationKey = ["labelOrder", projectId];
  const store = useMutation({
    mutationKey,
    scope: { id: mutationKey.join(" ") },
    mutationFn: async (changed: LabelClass[]) => {
      for (const { id, position } of changed) {
        await api.patch(`/api/v1/projects/${projectId}/labels/${id}`, { position });
      }
    },
    onError: (error) => showToast(t("notMoved", { reason: error.message }), { kind: "error" }),
    // Only the last one: what is read in between would throw the list back.
    onSettled: () => (client.isMutating({ mutationKey }) <= 1 ? readAnew(client, projectId) : undefined),
  });
  return async (id, placeIn) => {
    // What is still being read has the old order.
    await client.cancelQueries({ queryKey });
    const labels = client.getQueryData(queryKey)?.items ?? [];
    const after = moveLabel(labels, id, placeIn(labels));
    const changed = changedPositions(labels, after);
    if (changed.length === 0) return;
    client.setQueryData(queryKey, (page) => page && { ...page, items: after });
    store.mutate(changed);
  };
}

async function readAnew(client: QueryClient, projectId: number): Promise<void> {
  const queryKey = ["projects", projectId];
  const labels = labelsQuery(projectId).queryKey;
  await client.invalidateQueries({ queryKey, refetchType: "none" });
  await client.refetchQueries({ queryKey: labels });
  const names = new Set(client.getQueryData(labels)?.items.map(({ name }) => name));
  // The server refuses a filter by a label that is gone, and the page is about to leave such a filter.
  const isOfKnownLabel = ({ queryKey: key }: Query) => key.every((part) => isKnownFilter(part, names));
  await client.refetchQueries({ queryKey, type: "active", stale: true, predicate: isOfKnownLabel });
  await client.invalidateQueries({ queryKey: ["outlines", projectId] });
}

function isKnownFilter(part: unknown, names: ReadonlySet<string>): boolean {
  if (typeof part !== "object" || part === null || !("label" in part)) return true;
  return typeof part.label === "string" && names.has(part.label);
}
