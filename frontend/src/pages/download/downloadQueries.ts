/** What there is of a model to download, and where. */
import { queryOptions } from "@tanstack/react-query";
import { api, urlOf } from "../../api/client.ts";
import type { Checkpoint, Speed } from "../../api/types.ts";

/** One speed of a model; what is not measured is null. */
export interface ModelSpeed {
  speed: Speed;
  status: "not_made" | "making" | "ready" | "failed";
  /** 0-1. */
  progress: number;
  error: string | null;
  /** mAP on the validation images. */
  map: number | null;
  latency_ms: number | null;
  /** To slow's. */
  relative_latency: number | null;
  device: string | null;
  /** What the speed costs, where that is much. */
  warning: string | null;
}

export type Engine = "onnx" | "openvino" | "torch";
export type Split = "training" | "validation";

const POLL_MS = 1_000;

/** Asked again while one is being made. */
export const modelSpeedsQuery = (modelId: number) =>
  queryOptions({
    queryKey: ["models", modelId, "speeds"],
    queryFn: () => api.get<{ items: ModelSpeed[] }>(`/api/v1/models/${modelId}/speeds`),
    refetchInterval: ({ state }) => (state.data?.items.some(({ status }) => status === "making") ? POLL_MS : false),
  });

export function makeSpeed(modelId: number, speed: Speed): Promise<ModelSpeed> {
  return api.post(`/api/v1/models/${modelId}/speeds/${speed}`);
}

export function bundleAddress(modelId: number, checkpoint: Checkpoint, speed: Speed): string {
  return urlOf(`/api/v1/models/${modelId}/bundle`, { checkpoint, speed });
}

export function engineAddress(modelId: number, checkpoint: Checkpoint, engine: Engine): string {
  return urlOf(`/api/v1/models/${modelId}/engines/${engine}`, { checkpoint });
}

export function trainingLabelsAddress(modelId: number, split: Split): string {
  return urlOf(`/api/v1/models/${modelId}/training-labels`, { split });
}

/** The name of the zip's one folder: the model's name as far as every file system takes it. */
export function bundleFolder(model: { id: number; name: string }, checkpoint: Checkpoint, speed: Speed): string {
  const stem = model.name.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
  return `${stem || `model-${model.id}`}-${checkpoint}-${speed}`;
}
