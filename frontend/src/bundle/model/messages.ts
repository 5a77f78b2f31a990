/** What the page and the worker that holds the model say to each other. */
import type { PredictedObject } from "../../pages/predict/predictions.ts";
import type { ModelMeta } from "../served.ts";

export interface LoadQuestion {
  kind: "load";
  /** Addresses of the two graphs. */
  detector: string;
  maskHead: string;
  meta: ModelMeta;
}

export interface PredictQuestion {
  kind: "predict";
  file: Blob;
  /** 0-1. */
  minScore: number;
}

/** A number that its answer carries too. */
export type Question = (LoadQuestion | PredictQuestion) & { id: number };

export type Answer =
  | { kind: "progress"; id: number; loadedBytes: number; totalBytes: number }
  | { kind: "loaded"; id: number }
  | { kind: "predicted"; id: number; objects: PredictedObject[] }
  | { kind: "failed"; id: number; error: string };
