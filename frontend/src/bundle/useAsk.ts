import { useMemo } from "react";
import { LOWEST_SCORE } from "../pages/predict/predictions.ts";
import { askServer } from "./askServer.ts";
import type { Served } from "./served.ts";
import { type Loading, useBrowserModel } from "./useBrowserModel.ts";
import type { Ask } from "./usePrediction.ts";

/** Where the model runs that answers. */
export type Where = "server" | "browser";

export interface Asking {
  /** Null while nobody can answer yet. */
  ask: Ask | null;
  /** How much of the model has come into this browser; null where there is nothing to wait for. */
  loading: Loading | null;
  error: unknown;
}

/** How a picture's objects are asked for. */
export function useAsk({ meta, server }: Served, where: Where, token: string): Asking {
  const { model, loading, error } = useBrowserModel(meta, where === "browser");
  const ask = useMemo<Ask | null>(() => {
    // A label's own threshold may be lower than the lowest that the slider gives.
    const minScore = Math.min(LOWEST_SCORE / 100, ...Object.values(meta.score_thresholds));
    if (where === "browser") return model && ((file) => model.predict(file, minScore));
    if (server === null || (server.needs_token && token === "")) return null;
    return (file) => askServer(server, token, file, minScore);
  }, [where, model, meta, server, token]);
  if (where === "server") return { ask, loading: null, error: null };
  return { ask, loading: model === null && error === null ? loading : null, error };
}
