import { useQuery } from "@tanstack/react-query";
import { modelsQuery } from "../../api/queries.ts";
import { isActive } from "../train/trainingQueries.ts";

const POLL_MS = 3_000;

/** A project's models, asked for again while one of them trains. */
export function useModels(projectId: number) {
  return useQuery({
    ...modelsQuery(projectId),
    refetchInterval: ({ state }) => (state.data?.items.some(isActive) ? POLL_MS : false),
  });
}
