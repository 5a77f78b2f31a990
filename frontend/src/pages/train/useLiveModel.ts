import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { modelQuery } from "../../api/queries.ts";
import type { CurvePoint, Model } from "../../api/types.ts";
import { BUSY_POLL_MS, curveQuery, mergePoints, pollWhileActive } from "./trainingQueries.ts";

const NO_POINTS: CurvePoint[] = [];

/** The model and its curve, live by server-sent events while it trains, by asking every two seconds where those fail. */
export function useLiveModel(modelId: number) {
  const client = useQueryClient();
  const isInSight = useIsInSight();
  const [isStreaming, setIsStreaming] = useState(false);
  const pollMs = ({ data, error }: { data: Model | undefined; error: Error | null }) =>
    pollWhileActive({ data: data && [data], error }, BUSY_POLL_MS);
  const model = useQuery({ ...modelQuery(modelId), refetchInterval: ({ state }) => !isStreaming && pollMs(state) });
  const active = pollMs(model) !== false;
  const curve = useQuery({ ...curveQuery(modelId), refetchInterval: !isStreaming && pollMs(model) });

  // A browser keeps six connections to a server for all its tabs: as many tabs that listen would leave none to ask by.
  const listens = active && isInSight;
  useEffect(() => {
    if (!listens) return;
    const events = new EventSource(`/api/v1/models/${modelId}/events`);
    events.onmessage = ({ data }: MessageEvent<string>) => {
      const { model: next, points } = JSON.parse(data) as { model: Model; points: CurvePoint[] };
      setIsStreaming(true);
      const isAnew = client.getQueryData(modelQuery(modelId).queryKey)?.attempt !== next.attempt;
      client.setQueryData(modelQuery(modelId).queryKey, next);
      client.setQueryData(curveQuery(modelId).queryKey, (old) => ({
        items: isAnew || !old ? points : mergePoints(old.items, points),
      }));
    };
    events.onerror = () => setIsStreaming(false);
    return () => {
      events.close();
      setIsStreaming(false);
    };
  }, [listens, modelId, client]);

  // The last points and lines of the log come with the end, whichever way that is heard of.
  useEffect(() => {
    if (!active) return;
    return () => void client.invalidateQueries({ queryKey: ["models", modelId] });
  }, [active, modelId, client]);

  return { model, points: curve.data?.items ?? NO_POINTS };
}

/** Whether somebody may look at the page: a tab behind another one is out of sight. */
function useIsInSight(): boolean {
  return useSyncExternalStore(listenToVisibility, () => document.visibilityState === "visible");
}

function listenToVisibility(onChange: () => void): () => void {
  document.addEventListener("visibilitychange", onChange);
  return () => document.removeEventListener("visibilitychange", onChange);
}
