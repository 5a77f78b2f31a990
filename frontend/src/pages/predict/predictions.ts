/** What a prediction's answer holds, and which of it is kept at the thresholds. Scores here are 0-100, as the endpoint's. */
import type { Checkpoint, Rle } from "../../api/types.ts";
import { rlePath } from "../../geometry/svgPath.ts";

export interface Point {
  x: number;
  y: number;
}

export interface PredictedObject {
  label: string;
  score: number;
  x0: number;
  y0: number;
  x1: number;
  y1: number;
  polygons: { points: Point[]; holes: Point[][] }[];
  /** In place of polygons, what a batch keeps. */
  rle?: Rle;
}

/** Either each label's own threshold (0-1, as the model's), or one for all (0-100, as the slider's). */
export type Cut = { kind: "model"; thresholds: Readonly<Record<string, number>> } | { kind: "all"; score: number };

/** Below this the endpoint is not asked: the list would be long and nobody sets a threshold there. */
export const LOWEST_SCORE = 5;
const DEFAULT_THRESHOLD = 0.5;

export function thresholdOf(cut: Cut, label: string): number {
  return cut.kind === "all" ? cut.score : (cut.thresholds[label] ?? DEFAULT_THRESHOLD) * 100;
}

/**
 * A score at its threshold is kept. The answer's scores are rounded to a decimal and an optimized threshold is some
 * prediction's exact score, so both are compared as rounded.
 */
export function isKept(object: PredictedObject, cut: Cut): boolean {
  return object.score >= roundScore(thresholdOf(cut, object.label));
}

/** Tells objects of one image apart. */
export function objectKey({ label, score, x0, y0 }: PredictedObject): string {
  return `${label}${score}${x0},${y0}`;
}

export function roundScore(score: number): number {
  return Math.round(score * 10) / 10;
}

/** An SVG path of an object's outlines; holes are cut out by the even-odd rule. */
export function pathOf({ rle, polygons }: PredictedObject): string {
  return rle ? rlePath(rle) : polygons.flatMap((polygon) => [polygon.points, ...polygon.holes].map(ringPath)).join("");
}

/** The address of the endpoint that answers for a model. */
export function predictPath(projectId: number, modelName: string, checkpoint: Checkpoint): string {
  return `/api/predict/${projectId}/${encodeURIComponent(modelName)}${checkpoint === "last" ? "/last" : ""}`;
}

function ringPath(ring: readonly Point[]): string {
  return ring.length === 0 ? "" : `M${ring.map((point) => `${point.x} ${point.y}`).join("L")}Z`;
}
