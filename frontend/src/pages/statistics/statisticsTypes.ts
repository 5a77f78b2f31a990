/** What the statistics endpoints answer: docs/statistics.md says what each figure means. */

import type { Checkpoint, Rle } from "../../api/types.ts";
import type { PrecisionRecallCurve } from "../../charts/precisionRecall.ts";
import type { Thresholds } from "../predict/thresholdsQuery.ts";

/** By which labels predictions are judged: those the training read, or those of today. */
export type GroundTruth = "snapshot" | "today";
export type CutFigure = "accuracy" | "precision" | "recall" | "f1";

/** A figure is null where it is not defined; `reasons` then says why. */
export interface Figures extends Record<CutFigure, number | null> {
  true_positives: number;
  false_positives: number;
  false_negatives: number;
  reasons: Record<string, string>;
}

export interface GlobalStatistics extends Figures {
  map: number | null;
  ap50: number | null;
  map_at_iou: number | null;
}

export interface LabelStatistics extends Figures {
  label: string;
  count: number;
  images: number;
  threshold: number;
  /** Null where the validation set says nothing about the label. */
  optimized_threshold: number | null;
  ap: number | null;
  ap_at_iou: number | null;
}

/** counts[t][p]: objects of labels[t] that were predicted as labels[p]. */
export interface Confusion {
  labels: string[];
  counts: number[][];
  missed: number[];
  imagined: number[];
}

export interface LabelsChanged {
  images: number;
  added: number;
  changed: number;
  removed: number;
  unknown_labels: string[];
  gone_labels: string[];
}

export interface Statistics {
  model_name: string;
  initialised_from: string | null;
  images: number;
  instances: number;
  ground_truth: GroundTruth;
  labels_changed: LabelsChanged;
  optimized: boolean;
  /** Computed at thresholds that are not in force. */
  is_preview: boolean;
  global: GlobalStatistics;
  labels: LabelStatistics[];
  curves: Record<string, PrecisionRecallCurve>;
  global_curve: PrecisionRecallCurve | null;
  confusion: Confusion;
  scores: { edges: number[]; correct: number[]; incorrect: number[] };
  sizes: { edges: number[]; found: number[]; missed: number[]; imagined: number[] };
  saved: Record<Checkpoint, { step: number; elapsed_s: number; at: string } | null>;
}

export interface Interval {
  low: number;
  high: number;
}

export interface FigureIntervals extends Record<CutFigure, Interval | null> {
  reasons: Record<string, string>;
}

export interface Difference {
  difference: number | null;
  margin: number | null;
  low: number | null;
  high: number | null;
  verdict: "better" | "worse" | "not_distinguishable" | null;
  reason: string | null;
}

export interface LabelIntervals extends FigureIntervals {
  label: string;
  ap_at_iou: Interval | null;
  threshold: Interval | null;
}

export interface Uncertainty {
  images: number;
  /** Images of the set that show nearly the same as one of the other set. */
  images_near_duplicates_across: number;
  resamples: number;
  global: FigureIntervals & { map: Interval | null; ap50: Interval | null; map_at_iou: Interval | null };
  labels: LabelIntervals[];
  best_against_last: Difference;
}

export interface ThresholdHistoryEntry {
  id: number;
  at: string;
  by: string | null;
  checkpoint: Checkpoint;
  speed: string;
  from: Thresholds;
  to: Thresholds;
}

export type BoxXyxy = [number, number, number, number];

export interface ShownPrediction {
  label: string;
  score: number;
  box_xyxy: BoxXyxy;
  rle: Rle;
  /** Null below the score threshold. */
  correct: boolean | null;
  /** With its pair, 0 without one. */
  iou: number;
  instance_id: string | null;
  /** The largest with any labeled object of any label. */
  overlap_iou: number;
  overlap_instance_id: string | null;
}

export interface TrueInstance {
  instance_id: string;
  label: string;
  crowd: boolean;
  /** Null of a crowd. */
  found: boolean | null;
  box_xyxy: BoxXyxy;
  rle: Rle;
}

export interface JudgedImage {
  image_id: number;
  /** Null once the image is deleted. */
  name: string | null;
  width: number;
  height: number;
  correct_count: number;
  incorrect_count: number;
  missed_count: number;
  lowest_iou: number | null;
  uncertainty: number;
  predictions: ShownPrediction[];
  missed: { instance_id: string; label: string; best_iou: number }[];
  truth: TrueInstance[];
}

export type SuspectKind = "unlabeled" | "mislabeled" | "unpredicted";

export interface Suspect {
  kind: SuspectKind;
  suspicion: number;
  image_id: number;
  image_name: string | null;
  label: string | null;
  instance_id: string | null;
  suggested_label: string | null;
  score: number | null;
  iou: number | null;
  box_xyxy: BoxXyxy;
  rle: Rle;
}
