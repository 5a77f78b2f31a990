/** The work on a row of images: opens one, saves and leaves it, keeps tools and settings from image to image. */
import { ApiError } from "../../../api/client.ts";
import type { ImageItem } from "../../../api/types.ts";
import { deleteObjects, paste } from "../../../editor/actions.ts";
import { Editor } from "../../../editor/editor.ts";
import type { Instance } from "../../../editor/instance.ts";
import type { Action } from "../../../editor/keys.ts";
import type { EditorPorts, LeftRing } from "../../../editor/ports.ts";
import { SceneThread } from "../../../render/sceneThread.ts";
import { Autosave } from "../saving/autosave.ts";
import { ConflictBook } from "../saving/conflictBook.ts";
import { type DraftStore, draftedImages, imageDrafts, type KeptDraft } from "../saving/drafts.ts";
import { type Conflict, conflictsWith, intoOrder, layOver } from "../saving/merge.ts";
import { imageTransport, type Version } from "../saving/transport.ts";
import { askSmartMask, prepareSmartMask } from "../smart/askSmartMask.ts";
import { adopt } from "./adopt.ts";
import { ImageCache } from "./imageCache.ts";
import { fetchImage, type LoadedImage } from "./loadedImage.ts";
import { newId } from "./newId.ts";
import type { OpenImage, SessionPorts, SessionState } from "./sessionState.ts";

/** Side of the square that a fill by colour looks at, in image pixels. */
const FILL_REACH = 4096;
/** Images read beforehand: the next one and the one before. */
const MOST_AHEAD = 2;

export class LabelingSession {
  readonly #ports: SessionPorts;
  /** Paints the objects, for the canvas. */
  readonly painter = new SceneThread(() => this.#readPictureAnew());
  readonly #images = new ImageCache();
  readonly #ahead = new Map<number, Promise<LoadedImage>>();
  readonly #listeners = new Set<() => void>();
  #state: SessionState = { kind: "loading", imageId: 0, previous: null };
  #wanted = 0;
  /** Images left with changes that are not at the server yet: their saving goes on. */
  readonly #behind = new Map<number, Autosave>();
  readonly #conflicts = new ConflictBook();
  #hasSentDrafts = false;
  /** Corners in hand on images that were left, until one comes back. */
  readonly #rings = new Map<number, LeftRing>();
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

  /** The editor that was left last: the next image takes its tools and keys over. */
  get last(): Editor | null {
    return this.#last;
  }

  /** Asks the page for what an editor would ask it for. */
  request(action: Action): void {
    this.#ports.request(action);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async open(imageId: number): Promise<void> {
    if (this.#wanted === imageId && this.#state.kind !== "failed") return;
    this.#wanted = imageId;
    this.#images.prepare();
    this.painter.prepare();
    const left = this.current;
    const previous = this.#state.kind === "loading" ? this.#state.previous : left;
    this.#setState({ kind: "loading", imageId, previous });
    if (left) void this.#leave(left);
    try {
      // left with unsaved changes it saves them first, where it can
      await this.#behind.get(imageId)?.flush();
      const drafts = this.#drafts(imageId);
      const [loaded, kept] = await Promise.all([this.#load(imageId), drafts.read()]);
      if (this.#wanted !== imageId) return;
      const unsaved = this.#endBehind(imageId);
      this.#show(loaded, kept ?? unsaved, drafts);
      void this.#sendLeftDrafts();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.#wanted === imageId) this.#setState({ kind: "failed", imageId, message: error.message });
    }
  }

  /** Fetches what the next image needs, so that it shows at once. */
  preload(imageId: number): void {
    if (this.#ahead.has(imageId) || imageId === this.#wanted || this.#behind.has(imageId)) return;
    const loading = this.#fetch(imageId);
    this.#ahead.set(imageId, loading);
    const [oldest] = this.#ahead.keys();
    // whoever walks on for hours leaves the one before behind each time, and what was read of it grows old
    if (this.#ahead.size > MOST_AHEAD && oldest !== undefined) this.#ahead.delete(oldest);
    if (this.current?.editor.tool.name === "smart") prepareSmartMask(imageId);
    loading.catch(() => this.#ahead.delete(imageId));
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
    if (!editor || !selected || !editor.mayChange(selected.id)) return;
    this.#clipboard = [selected];
    deleteObjects(editor, [selected.id]);
  }

  /** Puts the objects of the image before on this one. */
  pasteLast(): number {
    return this.paste(this.#last?.document.instances ?? []);
  }

  paste(objects = this.#clipboard): number {
    const editor = this.current?.editor;
    return editor ? paste(editor, objects) : 0;
  }

  dismissConflict(imageId: number, id: string): void {
    this.#conflicts.settle(imageId, id);
    this.#update({ conflicts: this.#conflicts.of(imageId) }, imageId);
  }

  takeTheirs(imageId: number, { id, theirs }: Conflict): void {
    const open = this.current;
    // the page may still show the conflicts of an image that was just left
    if (open?.image.id !== imageId) return;
    const { document } = open.editor;
    open.editor.execute({ name: "paste", changes: [theirs ? document.replace(theirs) : document.remove(id)] });
    this.dismissConflict(imageId, id);
  }

  /** Fetches the picture again that did not come. */
  retryPicture(): void {
    const open = this.current;
    if (open?.isPictureMissing) this.#fetchPicture(open.image);
  }

  /** Ends the work; what can still be saved is. */
  async close(): Promise<void> {
    const left = this.current;
    this.#wanted = 0;
    this.#images.clear();
    this.painter.close();
    if (left) await this.#leave(left);
    for (const autosave of this.#behind.values()) autosave.close();
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
    this.retryPicture();
    if (this.#state.kind === "failed") void this.open(this.#state.imageId);
  }

  get isAtRisk(): boolean {
    return [...this.#autosaves()].some(({ isAtRisk }) => isAtRisk);
  }

  get unsavedElsewhere(): number {
    return this.#behind.size;
  }

  async #leave({ image, editor, autosave }: OpenImage): Promise<void> {
    const ring = editor.retire();
    if (ring) this.#rings.set(image.id, ring);
    this.#last = editor;
    if (autosave.isSaved) {
      autosave.close();
      return;
    }
    this.#behind.set(image.id, autosave);
    await autosave.flush();
    this.#drop(image.id, autosave);
  }

  /** An image left with unsaved changes is open again: its saving ends, and what it could not save goes on as a draft. */
  #endBehind(imageId: number): KeptDraft | null {
    const autosave = this.#behind.get(imageId);
    if (!autosave) return null;
    autosave.close();
    this.#behind.delete(imageId);
    return autosave.isSaved ? null : autosave.draft;
  }

  #drop(imageId: number, autosave: Autosave): void {
    if (!autosave.isSaved || this.#behind.get(imageId) !== autosave) return;
    autosave.close();
    this.#behind.delete(imageId);
    this.#ahead.delete(imageId);
    this.#tell();
  }

  #load(imageId: number): Promise<LoadedImage> {
    const loading = this.#ahead.get(imageId) ?? this.#fetch(imageId);
    // what is stored may change: each reading serves once
    this.#ahead.delete(imageId);
    return loading;
  }

  /** Its picture is decoded beside the page while the objects are on their way. */
  #fetch(imageId: number): Promise<LoadedImage> {
    return fetchImage(this.#ports.projectId, imageId, (image) => this.#images.ahead(imageId, image));
  }

  #show({ image, stored, base }: LoadedImage, draft: KeptDraft | null, drafts: DraftStore): void {
    const editor = this.#makeEditor(image, base);
    this.#takeUp(editor, draft, base);
    editor.takeUpRing(this.#rings.get(image.id));
    this.#rings.delete(image.id);
    const autosave = this.#saveFor(image, editor, { base, version: stored }, drafts);
    this.#conflicts.add(image.id, draft ? conflictsWith(draft.changes, base) : []);
    const pyramid = this.#images.show(image.id);
    const open: OpenImage = {
      image,
      editor,
      autosave,
      pyramid,
      conflicts: this.#conflicts.of(image.id),
      restored: draft ? Math.max(1, draft.changes.length) : 0,
      isPictureMissing: false,
    };
    this.#setState({ kind: "open", imageId: image.id, open });
    if (!pyramid) this.#fetchPicture(image);
  }

  /** Lays what a draft holds over what is stored. */
  #takeUp(editor: Editor, draft: KeptDraft | null, base: readonly Instance[]): void {
    if (!draft) return;
    editor.takeIn(layOver(draft.changes, base));
    if (draft.order) editor.takeIn(intoOrder(editor.document.instances, draft.order));
  }

  #fetchPicture(image: ImageItem): void {
    this.#update({ isPictureMissing: false }, image.id);
    this.#images.get(image.id, image).then(
      (pyramid) => this.#update({ pyramid }, image.id),
      () => this.#update({ isPictureMissing: true }, image.id),
    );
  }

  /** With a graphics card's memory all pictures are lost that were on the page, those of images seen before, too. */
  #readPictureAnew(): void {
    this.#images.clear();
    if (this.current) this.#fetchPicture(this.current.image);
  }

  /** `drafts` is the store that the draft was read from: once all is saved it forgets those of closed tabs that it found. */
  #saveFor(
    image: ImageItem,
    editor: Editor,
    stored: { base: readonly Instance[]; version: Version },
    drafts: DraftStore,
  ): Autosave {
    let wasLabeled = stored.base.length > 0;
    const autosave: Autosave = new Autosave(
      editor,
      { ...stored, labels: this.#ports.labels() },
      {
        transport: imageTransport(this.#ports.projectId, image.id),
        drafts,
        hooks: {
          onState: ({ kind }) => {
            this.#tell();
            if (kind !== "saved") return;
            const isLabeled = editor.document.instances.length > 0;
            this.#ports.onSaved(image.id, { changesProgress: isLabeled !== wasLabeled });
            wasLabeled = isLabeled;
            this.#drop(image.id, autosave);
          },
          onConflicts: (found) => this.#addConflicts(image, found),
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
    const drafts = this.#drafts(imageId);
    const [{ image, stored, base }, draft] = await Promise.all([
      fetchImage(this.#ports.projectId, imageId),
      drafts.read(),
    ]);
    if (!draft || imageId === this.#wanted) return;
    if (conflictsWith(draft.changes, base).length > 0) return this.#ports.onConflictsLeft(image, { isSaved: false });
    const editor = this.#makeEditor(image, base);
    this.#takeUp(editor, draft, base);
    const autosave = this.#saveFor(image, editor, { base, version: stored }, drafts);
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
      onFixed: this.#ports.onFixed,
      onConverted: this.#ports.onConverted,
      onFillCut: () => this.#ports.onFillCut(FILL_REACH),
    };
    const editor = new Editor({ width: image.width, height: image.height }, instances, ports);
    editor.labels = this.#ports.labels().map(({ name }) => name);
    editor.setActiveLabel(editor.labels[0] ?? null);
    if (this.#last) adopt(editor, this.#last);
    return editor;
  }

  #addConflicts(image: ImageItem, found: readonly Conflict[]): void {
    this.#conflicts.add(image.id, found);
    this.#update({ conflicts: this.#conflicts.of(image.id) }, image.id);
    if (image.id !== this.#wanted) this.#ports.onConflictsLeft(image, { isSaved: true });
  }

  #drafts(imageId: number): DraftStore {
    const { userId, projectId } = this.#ports;
    return imageDrafts({ userId, projectId, imageId });
  }

  #update(changed: Partial<OpenImage>, imageId: number): void {
    if (this.#state.kind !== "open" || this.#state.imageId !== imageId) return;
    this.#setState({ kind: "open", imageId, open: { ...this.#state.open, ...changed } });
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
