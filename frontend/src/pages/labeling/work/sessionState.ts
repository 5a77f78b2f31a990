/** What the work on a row of images shows, and what it asks the page for. */
import type { ImageItem } from "../../../api/types.ts";
import type { Editor } from "../../../editor/editor.ts";
import type { Action } from "../../../editor/keys.ts";
import type { Conversion, FixedReason } from "../../../editor/ports.ts";
import type { ImagePyramid } from "../../../render/imagePyramid.ts";
import type { Autosave } from "../saving/autosave.ts";
import type { LabelName } from "../saving/labelNames.ts";
import type { Conflict } from "../saving/merge.ts";

export interface OpenImage {
  readonly image: ImageItem;
  readonly editor: Editor;
  readonly autosave: Autosave;
  readonly pyramid: ImagePyramid | null;
  readonly conflicts: readonly Conflict[];
  /** Changes found in a draft that an earlier tab left. */
  readonly restored: number;
  /** Its pixels did not come, or the browser cannot read them. */
  readonly isPictureMissing: boolean;
}

export type SessionState =
  | { readonly kind: "loading"; readonly imageId: number; readonly previous: OpenImage | null }
  | { readonly kind: "failed"; readonly imageId: number; readonly message: string }
  | { readonly kind: "open"; readonly imageId: number; readonly open: OpenImage };

export interface SessionPorts {
  readonly userId: number;
  readonly projectId: number;
  readonly labels: () => readonly LabelName[];
  readonly request: (action: Action | "labelNeeded") => void;
  /** The image's objects reached the server: its first ones, or the last went, where that changes the project's progress. */
  readonly onSaved: (imageId: number, { changesProgress }: { changesProgress: boolean }) => void;
  /** Someone renamed, merged or deleted labels. */
  readonly onLabels: () => void;
  /** So many objects of an image went with a label that someone deleted. */
  readonly onLabelGone: (label: string, count: number) => void;
  /** Of an image that was left someone else changed objects too: `isSaved` says whether one's own version is stored over theirs, or waits. */
  readonly onConflictsLeft: (image: ImageItem, { isSaved }: { isSaved: boolean }) => void;
  readonly onFixed: (reason: FixedReason) => void;
  readonly onConverted: (conversion: Conversion) => void;
  /** A fill by colour ended where its square of so many pixels a side does. */
  readonly onFillCut: (side: number) => void;
}
