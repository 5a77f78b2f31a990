/** What the REST API takes and answers, as the public contract has it. Scores and thresholds are 0-1 here. */

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  total: number;
}

export interface Me {
  id: number;
  email: string;
  name: string;
  is_admin: boolean;
  /** Who chose the password: its person, an administrator, or a command that printed it. */
  password_origin: "own" | "given" | "printed";
  /** What this person's pages keep, by name. */
  preferences: Record<string, unknown>;
  csrf_token: string;
}

export type Role = "Owner" | "Admin" | "Developer" | "Labeler";

export interface Project {
  id: number;
  name: string;
  role: Role;
  created_at: string;
  changed_at: string;
  /** When it was moved out of the way; it can still be used. */
  archived_at: string | null;
  /** Whether the place where a photo was taken is removed from uploaded files. */
  strip_location: boolean;
  created_by: number | null;
  image_count: number;
  labeled_count: number;
  validation_count: number;
  model_count: number;
  cover_image_id: number | null;
  label_counts: { label_id: number; label: string; color: string; count: number }[];
}

export interface Member {
  user_id: number;
  email: string;
  name: string;
  role: Role;
}

export interface Token {
  id: number;
  name: string;
  created_at: string;
  last_used_at: string | null;
  /** Present in the answer that makes the token, never again. */
  token?: string;
}

export interface LabelClass {
  id: number;
  name: string;
  color: string;
  position: number;
  image_count: number;
  instance_count: number;
}

export interface LabelCount {
  label_id: number;
  label: string;
  count: number;
}

/** A save of an image, and how many objects it changed. */
export interface Revision {
  revision: number;
  came_from: number;
  saved_at: string;
  saved_by: { id: number; name: string } | null;
  cause: "save" | "import" | "label_deleted" | "label_merged";
  added: number;
  changed: number;
  deleted: number;
}

export interface ImageItem {
  id: number;
  name: string;
  width: number;
  height: number;
  media_type: string;
  byte_size: number;
  /** It has objects, or is known to have none. */
  labeled: boolean;
  /** A person said that nothing of the project's labels is on it. */
  background: boolean;
  validation: boolean;
  instance_count: number;
  /** Of a model's draft labels, those that nobody has decided on. */
  draft_count: number;
  label_counts: LabelCount[];
  revision: number;
  uploaded_by: number | null;
  created_at: string;
  changed_at: string;
}

export interface Folder {
  /** "" is where no folder is. */
  folder: string;
  /** Directly in it. */
  image_count: number;
}

export interface Uploader {
  user_id: number;
  name: string;
  email: string;
  image_count: number;
}

export interface ImageOutlines {
  image_id: number;
  revision: number;
  outlines: { label_id: number; rings: [number, number][][] }[];
}

export interface UploadAnswer {
  items: { id: number; name: string; width: number; height: number; duplicate_of: string | null }[];
  refused: { name: string; error: string }[];
}

/** What an import of labels did, or would do. */
export interface LabelImportReport {
  format: string;
  images_matched: number;
  images_missing: string[];
  images_refused: number;
  instances_imported: number;
  instances_skipped: number;
  instances_replaced: number;
  labels_created: string[];
  problems: LabelImportProblem[];
}

/** `refused`: it kept all that the files have for the image out. `image` is null for what a whole file is about. */
export interface LabelImportProblem {
  image: string | null;
  entry: string | null;
  error: string;
  refused: boolean;
}

export interface LabelFormat {
  name: string;
  title: string;
  /** Endings of its files, as a file dialog takes them. */
  accepts: string;
  reads: boolean;
  writes: boolean;
  cannot_hold: string[];
}

/** What a download of labels in a format would lose. */
export interface LabelExportReport {
  format: string;
  instances: number;
  exact: number;
  changed: number;
  lost: number;
  worst_iou: number | null;
  reasons: { reason: string; count: number }[];
  cannot_hold: string[];
  /** The worst first; the server lists so many and no more. */
  items: ChangedInstance[];
}

export interface ChangedInstance {
  image_id: number;
  image: string;
  label: string;
  instance_id: string;
  reason: string;
  /** With what is stored; 0 where the object is not in the file at all. */
  iou: number;
}

export type Ring = [number, number][];

export interface Polygon {
  exterior: Ring;
  holes?: Ring[];
}

export interface Rle {
  /** Height, width. */
  size: [number, number];
  counts: string;
}

export interface Instance {
  id: string;
  label: string;
  polygons?: Polygon[];
  rle?: Rle;
  crowd?: boolean;
  source?: string;
}

export interface Instances {
  revision: number;
  items: Instance[];
}

export type ModelSize = "small" | "medium" | "large";
export type ModelStatus = "queued" | "training" | "stopping" | "ready" | "failed" | "cancelled";
export type Checkpoint = "best" | "last";
export type Split = "training" | "validation";
export const SPEEDS = ["slow", "medium", "fast"] as const;
export type Speed = (typeof SPEEDS)[number];

/** One speed of a model; what is not measured is null. */
export interface ModelSpeed {
  speed: Speed;
  status: "not_made" | "making" | "ready" | "failed" | "not_faster";
  /** A ready speed too, made again: it answers as before until then. */
  is_being_made: boolean;
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

export interface CurvePoint {
  step: number;
  elapsed_s: number;
  train_loss: number | null;
  validation_loss: number | null;
  /** Its part that is cross-entropy of the classes. */
  validation_class_loss: number | null;
  validation_accuracy: number | null;
  map: number | null;
  ap50: number | null;
  learning_rate: number | null;
  is_best: boolean;
}

export interface Model {
  id: number;
  name: string;
  project_id: number;
  size: ModelSize;
  status: ModelStatus;
  progress: number;
  elapsed_s: number;
  eta_s: number | null;
  initialised_from: string | null;
  best: CurvePoint | null;
  last: CurvePoint | null;
  error: string | null;
  class_names: string[];
  /** Whether it trains, or waits to go on, and has a checkpoint to keep; else `stop_note` says what it waits for. */
  can_stop: boolean;
  stop_note: string | null;
  /** Whether the training can go on from the last checkpoint: after a stop or a failure. */
  can_resume: boolean;
  training_image_count: number;
  validation_image_count: number;
  /** What it is trained with, as the dialog sent it and the server completed it. */
  config: Record<string, string | number | boolean | null>;
  /** Grows each time that a worker takes it. */
  attempt: number;
  /** "CPU, 2 cores" or a GPU's name; null before a worker has taken it. */
  device: string | null;
  /** Trained on, evaluations included; null until it was measured. */
  images_per_second: number | null;
  /** Of predictions that ask for none. */
  default_speed: Speed;
}

export interface NewModel {
  name: string;
  size?: ModelSize;
  train_minutes?: number | undefined;
  stop_minutes?: number | undefined;
  use_validation_set?: boolean;
  validation_percent?: number;
  /** Left out, the size's own. */
  learning_rate?: number | undefined;
  image_size?: number;
  seed?: number;
  max_steps?: number | undefined;
  /** An earlier model of the project, of the same size, to train further. */
  continue_from?: number | undefined;
}
