/** The work on a row of images: opens one, saves and leaves it, keeps tools and settings from image to image. */
import { ApiError, api } from "../../../api/client.ts";
import type { ImageItem } from "../../../api/types.ts";
import { deleteObjects, paste } from "../../../editor/actions.ts";
import { Editor, type EditorPorts } from "../../../editor/editor.ts";
import { type Instance, instanceFromJson } from "../../../editor/instance.ts";
import type { Action } from "../../../editor/keys.ts";
import type { ImagePyramid } from "../../../render/imagePyramid.ts";
import { Autosave, type SaveState } from "../saving/autosave.ts";
import { type DraftStore, draftedImages, imageDrafts, type KeptDraft } from "../saving/drafts.ts";
import type { LabelName } from "../saving/labelNames.ts";
import { type Conflict, conflictsWith, layOver } from "../saving/merge.ts";
import { imageTransport, type Stored } from "../saving/transport.ts";
import { askSmartMask, prepareSmartMask } from "../smart/askSmartMask.ts";
import { ImageCache } from "./imageCache.ts";

/** Side of the square that a fill by colour looks at, in image pixels. */
const FILL_REACH = 4096;

export interface OpenImage {
  readonly image: ImageItem;
  readonly editor: Editor;
  readonly autosave: Autosave;
  readonly pyramid: ImagePyramid | null;
  readonly save: SaveState;
  readonly conflicts: readonly Conflict[];
  /** Changes found in a draft that an earlier tab left. */
  readonly restored: number;
}

export type SessionState =
  | { readonly kind: "loading"; readonly imageId: number; readonly previous: OpenImage | null }
  | { readonly kind: "failed"; readonly imageId: number; readonly message: string }
  | { readonly kind: "open"; readonly imageId: number; readonly open: OpenImage };

interface Loaded {
  readonly image: ImageItem;
  readonly stored: Stored;
  /** What is stored, read: of an image fetched ahead before it is asked for. */
  readonly base: readonly Instance[];
}

export interface SessionPorts {
  readonly userId: number;
  readonly projectId: number;
  readonly labels: () => readonly LabelName[];
  readonly request: (action: Action | "labelNeeded") => void;
  /** The image's objects reached the server. */
  readonly onSaved: (imageId: number) => void;
  /** Someone renamed, merged or deleted labels. */
  readonly onLabels: () => void;
  /** So many objects of an image went with a label that someone deleted. */
  readonly onLabelGone: (label: string, count: number) => void;
}

export class LabelingSession {
  readonly #ports: SessionPorts;
  readonly #images = new ImageCache();
  readonly #ahead = new Map<number, Promise<Loaded>>();
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { kind: "loading", imageId: 0, previous: null };
  #wanted = 0;
  /** Images left with changes that are not at the server yet: their saving goes on. */
  readonly #behind = new Map<number, Autosave>();
  #hasSentDrafts = false;
  #last: Editor | null = null;
  #clipboard: readonly Instance[] = [];

  constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The image asked for last, open or on its way; 0 before the first. */
  get wanted(): number {
    return this.#wanted;
  }

  get current(): OpenImage | null {
    return this.#state.kind === "open" ? this.#state.open : null;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async open(imageId: number): Promise<void> {
    if (this.#wanted === imageId && this.#state.kind !== "failed") return;
    this.#wanted = imageId;
    this.#images.prepare();
    const left = this.current;
    const previous = this.#state.kind === "loading" ? this.#state.previous : left;
    this.#setState({ kind: "loading", imageId, previous });
    if (left) void this.#leave(left);
    try {
      await this.#finishBehind(imageId);
      const [loaded, draft] = await Promise.all([this.#load(imageId), this.#drafts(imageId).read()]);
      if (this.#wanted !== imageId) return;
      this.#show(loaded, draft);
      void this.#sendLeftDrafts();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.#wanted === imageId) this.#setState({ kind: "failed", imageId, message: error.message });
    }
  }

  /** Fetches what the next image needs, so that it shows at once. */
  preload(imageId: number): void {
    if (this.#ahead.has(imageId) || imageId === this.#wanted || this.#behind.has(imageId)) return;
    const loading = fetchImage(this.#ports.projectId, imageId);
    this.#ahead.set(imageId, loading);
    if (this.current?.editor.tool.name === "smart") prepareSmartMask(imageId);
    loading.then(({ image }) => this.#images.ahead(imageId, image)).catch(() => this.#ahead.delete(imageId));
  }

  copy(): number {
    const selected = this.current?.editor.selected;
    if (selected) this.#clipboard = [selected];
    return selected ? 1 : 0;
  }

  /** A hidden or locked object is left where it is. */
  cut(): void {
    const editor = this.current?.editor;
    const selected = editor?.selected;
    if (!editor || !selected || editor.isFixed(selected.id)) return;
    this.#clipboard = [selected];
    deleteObjects(editor, [selected.id]);
  }

  /** Puts the objects of the image before on this one. */
  pasteLast(): number {
    const editor = this.current?.editor;
    return editor ? paste(editor, this.#last?.document.instances ?? []) : 0;
  }

  paste(): number {
    const editor = this.current?.editor;
    return editor ? paste(editor, this.#clipboard) : 0;
  }

  dismissConflict(id: string): void {
    this.#update({ conflicts: this.current?.conflicts.filter((conflict) => conflict.id !== id) ?? [] });
  }

  takeTheirs({ id, theirs }: Conflict): void {
    const editor = this.current?.editor;
    if (!editor) return;
    const change = theirs ? editor.document.replace(theirs) : editor.document.remove(id);
    editor.execute({ name: "paste", changes: [change] });
    this.dismissConflict(id);
  }

  /** Ends the work; what can still be saved is. */
  async close(): Promise<void> {
    const left = this.current;
    this.#wanted = 0;
    if (left) await this.#leave(left);
    for (const autosave of this.#behind.values()) autosave.close();
    this.#images.clear();
  }

  /** The tab is going: no time to wait for answers. */
  sendAway(): void {
    for (const autosave of this.#autosaves()) autosave.sendAway();
  }

  /** The page has read the labels anew. */
  labelsChanged(): void {
    for (const autosave of this.#autosaves()) autosave.labelsChanged(this.#ports.labels());
  }

  /** The connection is back. */
  retryNow(): void {
    for (const autosave of this.#autosaves()) autosave.retryNow();
  }

  get unsavedElsewhere(): number {
    return this.#behind.size;
  }

  async #leave({ image, editor, autosave }: OpenImage): Promise<void> {
    editor.tool.cancel();
    this.#last = editor;
    if (autosave.isSaved) {
      autosave.close();
      return;
    }
    this.#behind.set(image.id, autosave);
    await autosave.flush();
    this.#drop(image.id, autosave);
  }

  /** An image left with unsaved changes is opened again: its saving ends, and the draft takes over. */
  async #finishBehind(imageId: number): Promise<void> {
    const autosave = this.#behind.get(imageId);
    if (!autosave) return;
    await autosave.flush();
    autosave.close();
    this.#behind.delete(imageId);
    this.#ahead.delete(imageId);
  }

  #drop(imageId: number, autosave: Autosave): void {
    if (!autosave.isSaved || this.#behind.get(imageId) !== autosave) return;
    autosave.close();
    this.#behind.delete(imageId);
    this.#ahead.delete(imageId);
    for (const listener of this.#listeners) listener();
  }

  #load(imageId: number): Promise<Loaded> {
    const loading = this.#ahead.get(imageId) ?? fetchImage(this.#ports.projectId, imageId);
    // what is stored may change: each reading serves once
    this.#ahead.delete(imageId);
    return loading;
  }

  #show({ image, stored, base }: Loaded, draft: KeptDraft | null): void {
    const editor = this.#makeEditor(image, base);
    const conflicts = draft ? conflictsWith(draft.changes, base) : [];
    if (draft) editor.takeIn(layOver(draft.changes, base));
    const autosave = this.#saveFor(image, editor, stored, base);
    const restored = draft?.changes.length ?? 0;
    const pyramid = this.#images.ready(image.id);
    const open = { image, editor, autosave, pyramid, save: autosave.state, conflicts, restored };
    this.#setState({ kind: "open", imageId: image.id, open });
    if (pyramid) return;
    this.#images.get(image.id, image).then(
      (pyramid) => this.#update({ pyramid }, image.id),
      () => undefined,
    );
  }

  #saveFor(image: ImageItem, editor: Editor, version: Stored, base: readonly Instance[]): Autosave {
    const autosave: Autosave = new Autosave(
      editor,
      { base, version, labels: this.#ports.labels() },
      {
        transport: imageTransport(this.#ports.projectId, image.id),
        drafts: this.#drafts(image.id),
        hooks: {
          onState: (save) => {
            this.#saved(image.id, save);
            if (save.kind === "saved") this.#drop(image.id, autosave);
          },
          onConflicts: (found) => this.#addConflicts(image.id, found),
          onLabels: this.#ports.onLabels,
          onLabelGone: this.#ports.onLabelGone,
        },
      },
    );
    return autosave;
  }

  /** Sends what an earlier tab left of other images of the project, once. */
  async #sendLeftDrafts(): Promise<void> {
    if (this.#hasSentDrafts) return;
    this.#hasSentDrafts = true;
    for (const imageId of await draftedImages(this.#ports.userId, this.#ports.projectId)) {
      if (imageId === this.#wanted || this.#behind.has(imageId)) continue;
      try {
        await this.#sendLeftDraft(imageId);
      } catch (error) {
        // the draft stays, and is tried again with the next visit
        if (!(error instanceof ApiError)) throw error;
      }
    }
  }

  /** Where someone changed the same objects since, it waits until the image is opened: both versions are shown there. */
  async #sendLeftDraft(imageId: number): Promise<void> {
    const [{ image, stored, base }, draft] = await Promise.all([
      fetchImage(this.#ports.projectId, imageId),
      this.#drafts(imageId).read(),
    ]);
    if (!draft || conflictsWith(draft.changes, base).length > 0 || imageId === this.#wanted) return;
    const editor = this.#makeEditor(image, base);
    editor.takeIn(layOver(draft.changes, base));
    const autosave = this.#saveFor(image, editor, stored, base);
    this.#behind.set(imageId, autosave);
    await autosave.flush();
    this.#drop(imageId, autosave);
  }

  *#autosaves(): Iterable<Autosave> {
    if (this.current) yield this.current.autosave;
    yield* this.#behind.values();
  }

  #makeEditor(image: ImageItem, instances: readonly Instance[]): Editor {
    const ports: EditorPorts = {
      newId,
      readPixels: ([x, y]) => this.current?.pyramid?.read(x, y, FILL_REACH) ?? null,
      smartMask: (marks) => askSmartMask(image.id, marks),
      request: this.#ports.request,
    };
    const editor = new Editor({ width: image.width, height: image.height }, instances, ports);
    editor.labels = this.#ports.labels().map(({ name }) => name);
    editor.setActiveLabel(editor.labels[0] ?? null);
    if (this.#last) adopt(editor, this.#last);
    return editor;
  }

  #saved(imageId: number, save: SaveState): void {
    this.#update({ save }, imageId);
    if (save.kind === "saved") this.#ports.onSaved(imageId);
  }

  #addConflicts(imageId: number, found: readonly Conflict[]): void {
    const ids = new Set(found.map(({ id }) => id));
    const kept = this.current?.conflicts.filter(({ id }) => !ids.has(id)) ?? [];
    this.#update({ conflicts: [...kept, ...found] }, imageId);
  }

  #drafts(imageId: number): DraftStore {
    const { userId, projectId } = this.#ports;
    return imageDrafts({ userId, projectId, imageId });
  }

  #update(changed: Partial<OpenImage>, imageId = this.#state.imageId): void {
    if (this.#state.kind !== "open" || this.#state.imageId !== imageId) return;
    this.#setState({ kind: "open", imageId, open: { ...this.#state.open, ...changed } });
  }

  #setState(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

async function fetchImage(projectId: number, imageId: number): Promise<Loaded> {
  const [image, stored] = await Promise.all([
    api.get<ImageItem>(`/api/v1/images/${imageId}`),
    imageTransport(projectId, imageId).load(),
  ]);
  return { image, stored, base: stored.items.map(instanceFromJson) };
}

/** Mode, tool, label and settings go on from the image before. */
function adopt(editor: Editor, last: Editor): void {
  editor.change(last.settings);
  editor.setKeymap(last.keymap);
  editor.setMode(last.mode);
  if (last.mode === "bitmap" || last.tool.name === "smart") editor.takeTool(last.tool.name);
  if (last.activeLabel !== null && editor.labels.includes(last.activeLabel)) editor.setActiveLabel(last.activeLabel);
}

/** A random UUID; crypto.randomUUID is missing where a server on the local network is reached without TLS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
