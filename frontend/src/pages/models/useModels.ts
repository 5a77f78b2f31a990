import { useQuery } from "@tanstack/react-query";
import { modelQuery, modelsQuery } from "../../api/queries.ts";
import { pollWhileActive } from "../train/trainingQueries.ts";

const POLL_MS = 3_000;

/** A project's models, asked for again while one of them trains. */
export function useModels(projectId: number) {
  return useQuery({
    ...modelsQuery(projectId),
    refetchInterval: ({ state }) => pollWhileActive({ data: state.data?.items, error: state.error }, POLL_MS),
  });
}

/** A model, asked for again while it trains: what a page cannot show before its end comes by itself. */
export function useModel(modelId: number) {
  return useQuery({
    ...modelQuery(modelId),
    refetchInterval: ({ state }) => pollWhileActive({ data: state.data && [state.data], error: state.error }, POLL_MS),
  });
}
