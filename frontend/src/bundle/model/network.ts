/** The two graphs of a model on onnxruntime-web: app/inference/session.py and predictor.py, in the browser. */

import glueUrl from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import * as ort from "onnxruntime-web/wasm";
import { outlineOf } from "../../geometry/outline.ts";
import type { Point, Polygon } from "../../geometry/types.ts";
import type { PredictedObject } from "../../pages/predict/predictions.ts";
import { DEFAULT_THRESHOLD, type ModelMeta } from "../served.ts";
import { type FloatBox, pasteMask } from "./paste.ts";
import { type ModelInput, type PixelSource, resizeForModel } from "./resize.ts";

export interface Graphs {
  readonly detector: Uint8Array;
  readonly maskHead: Uint8Array;
}

interface Detection {
  /** The row in the detector's answer. */
  readonly row: number;
  readonly score: number;
  /** 1-based: 0 is the background. */
  readonly label: number;
}

const FEATURE_NAMES = ["feature_0", "feature_1", "feature_2", "feature_3"] as const;
const BACKGROUND = 0;
/** Boxes a run of the mask head: WebAssembly's memory only grows, and more at once is no faster. */
const MASK_BATCH = 25;
/** A model that has learned little finds hundreds of low scores, and a phone needs seconds for the masks of a hundred. */
const ENOUGH_OBJECTS = 50;
const SCORE_TOLERANCE = 1e-3;
/** More threads than that wait for each other. */
const MOST_THREADS = 4;

// Threads share memory, which a page may do only where its server isolates it (COOP and COEP) over HTTPS or on localhost.
ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1;
ort.env.wasm.wasmPaths = { mjs: glueUrl, wasm: wasmUrl };

export class Network {
  private readonly detector: ort.InferenceSession;
  private readonly maskHead: ort.InferenceSession;
  private readonly meta: ModelMeta;

  private constructor(detector: ort.InferenceSession, maskHead: ort.InferenceSession, meta: ModelMeta) {
    this.detector = detector;
    this.maskHead = maskHead;
    this.meta = meta;
  }

  static async load(graphs: Graphs, meta: ModelMeta): Promise<Network> {
    const detector = await ort.InferenceSession.create(graphs.detector);
    const maskHead = await ort.InferenceSession.create(graphs.maskHead);
    return new Network(detector, maskHead, meta);
  }

  /**
   * What was found, best first, as /api/predict tells it: all objects at or above the model's thresholds, and of those
   * with a score of at least `minScore` (0-1) as many as are worth waiting for.
   */
  async predict(source: PixelSource, minScore: number): Promise<PredictedObject[]> {
    const input = resizeForModel(source, this.meta.image_size);
    const image = new ort.Tensor("float32", input.pixels, [3, input.height, input.width]);
    const found = await this.detector.run({ image });
    const detections = bestFirst(tensorOf(found, "scores"), tensorOf(found, "labels")).filter(
      (detection, index) => this.isAboveThreshold(detection) || (detection.score >= minScore && index < ENOUGH_OBJECTS),
    );
    const objects: PredictedObject[] = [];
    for (let start = 0; start < detections.length; start += MASK_BATCH) {
      objects.push(...(await this.objectsOf(detections.slice(start, start + MASK_BATCH), found, input, source)));
    }
    return objects;
  }

  private isAboveThreshold({ label, score }: Detection): boolean {
    const threshold = this.meta.score_thresholds[this.nameOf(label)] ?? DEFAULT_THRESHOLD;
    // A threshold may be the very score of an object, and engines differ in the sixth digit.
    return score >= threshold - SCORE_TOLERANCE;
  }

  private nameOf(label: number): string {
    return this.meta.class_names[label - 1] ?? `class ${label}`;
  }

  /** Score thresholds are applied before this: a box that nobody will see costs no mask. */
  private async objectsOf(
    batch: readonly Detection[],
    found: ort.InferenceSession.ReturnType,
    input: ModelInput,
    source: PixelSource,
  ): Promise<PredictedObject[]> {
    const allBoxes = tensorOf(found, "boxes").data as Float32Array;
    const boxes = Float32Array.from(batch.flatMap(({ row }) => [...allBoxes.subarray(row * 4, row * 4 + 4)]));
    const labels = BigInt64Array.from(batch, ({ label }) => BigInt(label));
    const { masks } = await this.maskHead.run({
      ...Object.fromEntries(FEATURE_NAMES.map((name) => [name, tensorOf(found, name)])),
      boxes: new ort.Tensor("float32", boxes, [batch.length, 4]),
      labels: new ort.Tensor("int64", labels, [batch.length]),
    });
    const side = masks?.dims[2] ?? 0;
    const probabilities = masks?.data as Float32Array;
    return batch.flatMap((detection, index) => {
      const mask = probabilities.subarray(index * side * side, (index + 1) * side * side);
      const box = inPicture(boxes.subarray(index * 4, index * 4 + 4), input, source);
      return this.objectOf(detection, mask, side, box, source);
    });
  }

  /** None for a mask without a pixel: there is nothing to draw. */
  private objectOf(
    { label, score }: Detection,
    probabilities: Float32Array,
    side: number,
    box: FloatBox,
    source: PixelSource,
  ): PredictedObject[] {
    const bitmap = pasteMask(probabilities, side, box, source);
    const polygons = outlineOf(bitmap);
    if (polygons.length === 0) return [];
    return [
      {
        label: this.nameOf(label),
        score: Math.round(score * 1000) / 10,
        x0: bitmap.x,
        y0: bitmap.y,
        x1: bitmap.x + bitmap.width,
        y1: bitmap.y + bitmap.height,
        polygons: polygons.map(asPoints),
      },
    ];
  }
}

/** All detections; the graph carries a row of background, so that it never runs empty. */
function bestFirst(scores: ort.Tensor, labels: ort.Tensor): Detection[] {
  const labelOf = labels.data as BigInt64Array;
  return [...(scores.data as Float32Array)]
    .map((score, row) => ({ row, score, label: Number(labelOf[row]) }))
    .filter(({ label }) => label !== BACKGROUND)
    .sort((a, b) => b.score - a.score);
}

/** A box of the model's input in pixels of the picture; the two scales differ a little, both sides being whole pixels. */
function inPicture(box: Float32Array, input: ModelInput, { width, height }: PixelSource): FloatBox {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = box;
  const scaleX = input.width / width;
  const scaleY = input.height / height;
  return { x0: x0 / scaleX, y0: y0 / scaleY, x1: x1 / scaleX, y1: y1 / scaleY };
}

function asPoints({ exterior, holes }: Polygon): PredictedObject["polygons"][number] {
  const points = (ring: readonly Point[]) => ring.map(([x, y]) => ({ x, y }));
  return { points: points(exterior), holes: holes.map(points) };
}

function tensorOf(found: ort.InferenceSession.ReturnType, name: string): ort.Tensor {
  const tensor = found[name];
  if (tensor === undefined) throw new Error(`The model's detector gives no ${name}: it is not of this page's format.`);
  return tensor;
}
