import { useQuery } from "@tanstack/react-query";
import { isNotFound } from "../../api/client.ts";
import { modelQuery, modelsQuery } from "../../api/queries.ts";
import { isActive } from "../train/trainingQueries.ts";

const POLL_MS = 3_000;

/** A project's models, asked for again while one of them trains. */
export function useModels(projectId: number) {
  return useQuery({
    ...modelsQuery(projectId),
    refetchInterval: ({ state }) => (state.data?.items.some(isActive) && !isNotFound(state.error) ? POLL_MS : false),
  });
}

/** A model, asked for again while it trains: what a page cannot show before its end comes by itself. */
export function useModel(modelId: number) {
  return useQuery({
    ...modelQuery(modelId),
    refetchInterval: ({ state }) => (state.data && isActive(state.data) && !isNotFound(state.error) ? POLL_MS : false),
  });
}
