/** What there is of a model to download, and where. */
import { api, urlOf } from "../../api/client.ts";
import type { Checkpoint, ModelSpeed, Speed } from "../../api/types.ts";
import { asciiName } from "../../components/fileName.ts";

export type Engine = "onnx" | "openvino" | "torch";
export type Split = "training" | "validation";

interface Making {
  /** Also where the speed is there already. */
  again: boolean;
  /** The server times one image first. */
  onlyIfFaster: boolean;
}

export function makeSpeed(modelId: number, speed: Speed, { again, onlyIfFaster }: Making): Promise<ModelSpeed> {
  const query = { again: String(again), only_if_faster: String(onlyIfFaster) };
  return api.post(urlOf(`/api/v1/models/${modelId}/speeds/${speed}`, query));
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

/** The name of the zip's one folder. */
export function bundleFolder(model: { id: number; name: string }, checkpoint: Checkpoint, speed: Speed): string {
  return `${asciiName(model.name) || `model-${model.id}`}-${checkpoint}-${speed}`;
}
