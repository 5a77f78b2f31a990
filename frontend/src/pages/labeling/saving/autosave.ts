/**
 * Saves a moment after the last change, only over the revision it knows. When someone saved meanwhile it takes their objects in
 * and tries again; when the server cannot be reached it keeps trying. What is not saved yet lies in a draft that survives the tab.
 * An object whose label someone deleted meanwhile waits for another one, and keeps nothing else from being saved.
 */
import { ApiError } from "../../../api/client.ts";
import type { Editor } from "../../../editor/editor.ts";
import { type Instance, instanceFromJson, instanceToJson, sameInstance } from "../../../editor/instance.ts";
import { DraftKeeper } from "./draftKeeper.ts";
import type { DraftStore, KeptDraft } from "./drafts.ts";
import { type LabelName, LabelNames } from "./labelNames.ts";
import {
  type Conflict,
  changesBetween,
  conflictsWith,
  keepsOrder,
  type OwnChange,
  takeInTheirs,
  underTheirLabels,
} from "./merge.ts";
import type { Transport, Version } from "./transport.ts";

/** Long enough to join the corners of one drag, short enough that two seconds later it is at the server. */
const SAVE_AFTER_MS = 700;
const RETRY_FIRST_MS = 2_000;
const RETRY_MOST_MS = 30_000;
/** Others cannot save faster than this many times between our reading and writing, short of a fault. */
const MERGE_ATTEMPTS = 5;
/** Browsers carry at most 64 KiB beyond the page's end. */
const KEEPALIVE_BYTES = 60_000;

export type SaveState =
  | { readonly kind: "saved" }
  | { readonly kind: "unsaved" }
  | { readonly kind: "saving" }
  /** `isKept` says whether the changes outlive the tab. */
  | { readonly kind: "offline"; readonly changes: number; readonly isKept: boolean }
  | { readonly kind: "refused"; readonly message: string; readonly changes: number }
  /** All is saved but objects of these labels, which are not there any more. */
  | { readonly kind: "waiting"; readonly labels: readonly string[]; readonly changes: number };

export interface AutosaveHooks {
  onState: (state: SaveState) => void;
  onConflicts: (conflicts: readonly Conflict[]) => void;
  /** Someone renamed, merged or deleted labels. */
  onLabels: () => void;
  /** Objects went with a label that someone deleted. */
  onLabelGone: (label: string, count: number) => void;
}

export class Autosave {
  readonly #editor: Editor;
  readonly #transport: Transport;
  readonly #drafts: DraftKeeper;
  readonly #hooks: AutosaveHooks;
  readonly #names = new LabelNames();
  readonly #unsubscribe: () => void;
  #base: readonly Instance[];
  #version: Version;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = RETRY_FIRST_MS;
  #saving: Promise<void> | null = null;
  #state: SaveState = { kind: "saved" };

  constructor(
    editor: Editor,
    stored: { base: readonly Instance[]; version: Version; labels: readonly LabelName[] },
    ports: { transport: Transport; drafts: DraftStore; hooks: AutosaveHooks },
  ) {
    this.#editor = editor;
    this.#base = stored.base;
    this.#version = stored.version;
    this.#transport = ports.transport;
    this.#drafts = new DraftKeeper(ports.drafts, () => {
      if (this.#state.kind === "offline") this.#setState(this.#offline());
    });
    this.#hooks = ports.hooks;
    this.#names.learn(stored.labels);
    this.#unsubscribe = editor.subscribe((aspect) => {
      if (aspect === "document") this.#changed();
    });
    if (!this.isSaved) this.#changed();
  }

  get state(): SaveState {
    return this.#state;
  }

  /** The one that the last save led to, ours or another's that was taken in. */
  get revision(): number {
    return this.#version.revision;
  }

  get changes(): OwnChange[] {
    return changesBetween(this.#base, this.#editor.document.instances);
  }

  /** All that is not at the server yet. */
  get draft(): KeptDraft {
    const { instances } = this.#editor.document;
    return {
      changes: this.changes,
      order: keepsOrder(this.#base, instances) ? null : instances.map(({ id }) => id),
    };
  }

  get isSaved(): boolean {
    return this.#isAsStored(this.#editor.document.instances);
  }

  /** What is not at the server would go with the tab: the browser keeps no draft of it. */
  get isAtRisk(): boolean {
    return !this.#drafts.isKept && !this.isSaved;
  }

  /** Saves now; resolves when that has succeeded or failed. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#saving) await this.#saving;
    if (!this.isSaved) await this.#save();
    // what was changed is back as it is stored, by undo: there is nothing to send, and nothing unsaved
    else if (this.#state.kind !== "saved") await this.#afterSave();
  }

  /** The page is going: sends what there is without waiting. The draft stays until a save is known to have worked. */
  sendAway(): void {
    if (this.isSaved) return;
    const sent = this.#sendable();
    const body = keepsOrder(this.#base, sent) ? this.#patchOf(changesBetween(this.#base, sent)) : this.#all(sent);
    if (JSON.stringify(body).length > KEEPALIVE_BYTES) return;
    this.#send(sent, { isLeaving: true }).catch(() => undefined);
  }

  /** The project's labels as the page has read them: what waited for one goes on. */
  labelsChanged(labels: readonly LabelName[]): void {
    this.#names.learn(labels);
    this.#rename();
    if (this.#state.kind === "waiting" || this.#state.kind === "refused") this.#schedule(SAVE_AFTER_MS);
  }

  retryNow(): void {
    if (!this.isSaved) void this.flush();
  }

  /** Ends it without saving; flush first. */
  close(): void {
    clearTimeout(this.#timer);
    this.#unsubscribe();
  }

  #changed(): void {
    this.#drafts.keep(() => this.draft);
    if (this.#state.kind === "offline") this.#setState(this.#offline());
    else this.#setState({ kind: this.#saving ? "saving" : "unsaved" });
    this.#schedule(SAVE_AFTER_MS);
  }

  #schedule(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), delay);
  }

  /** One at a time: others wait until it has ended, well or not. Of two at once the later would lose to the earlier's tag. */
  #save(): Promise<void> {
    this.#saving = this.#saveOnce().finally(() => {
      this.#saving = null;
    });
    return this.#saving;
  }

  async #saveOnce(): Promise<void> {
    this.#setState({ kind: "saving" });
    try {
      // what was undone may have come back under an old name
      this.#rename();
      await this.#write();
      this.#retryMs = RETRY_FIRST_MS;
      await this.#afterSave();
    } catch (error) {
      // "kept" is said once it is true
      await this.#drafts.settled();
      this.#failed(error);
    }
  }

  async #write(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const sent = this.#sendable();
      try {
        if (this.#isAsStored(sent)) return;
        const before = this.#version.revision;
        this.#version = await this.#send(sent, { isLeaving: false });
        this.#base = sent;
        // ours was stored already, by a send whose answer was lost, and others have saved since
        if (this.#version.revision > before + 1) await this.#merge();
        return;
      } catch (error) {
        if (!(error instanceof ApiError) || attempt === MERGE_ATTEMPTS) throw error;
        if (error.status === 412) await this.#merge();
        else if (error.status !== 422 || !(await this.#findsOtherLabels())) throw error;
      }
    }
  }

  #send(sent: readonly Instance[], { isLeaving }: { isLeaving: boolean }): Promise<Version> {
    const { tag } = this.#version;
    if (!keepsOrder(this.#base, sent)) return this.#transport.put(this.#all(sent), tag, isLeaving);
    return this.#transport.patch(this.#patchOf(changesBetween(this.#base, sent)), tag, isLeaving);
  }

  #all(sent: readonly Instance[]) {
    return sent.map((instance) => instanceToJson(instance, this.#editor.document.image));
  }

  #patchOf(own: readonly OwnChange[]) {
    const { image } = this.#editor.document;
    return {
      upsert: own.flatMap(({ mine }) => (mine ? [instanceToJson(mine, image)] : [])),
      delete: own.flatMap(({ id, mine }) => (mine ? [] : [id])),
    };
  }

  /** What can be stored: an object whose label is gone stays at the server as it was, if it is there. */
  #sendable(): readonly Instance[] {
    const { instances } = this.#editor.document;
    if (instances.every(({ label }) => this.#names.nameNow(label) !== null)) return instances;
    const stored = new Map(this.#base.map((instance) => [instance.id, instance]));
    return instances.flatMap((instance) => {
      const before = stored.get(instance.id);
      const waits = this.#names.nameNow(instance.label) === null && !sameInstance(before ?? null, instance);
      if (!waits) return [instance];
      return before ? [before] : [];
    });
  }

  /** Reads the labels anew; answers whether that explains why the server refused ours. */
  async #findsOtherLabels(): Promise<boolean> {
    const known = this.#sendable();
    this.#names.learn(await this.#transport.labels());
    this.#names.missFrom(this.#editor.document.instances.map(({ label }) => label));
    this.#hooks.onLabels();
    this.#rename();
    const isGone = ({ mine }: OwnChange) => mine !== null && this.#names.nameNow(mine.label) === null;
    // merged into another, the objects have that one at the server
    if (this.changes.some(isGone)) await this.#merge();
    return changesBetween(known, this.#sendable()).length > 0;
  }

  /** Gives objects the names that their labels have now, those at the server too: there the change is made already. */
  #rename(): void {
    const renamed = (instance: Instance) => {
      const label = this.#names.nameNow(instance.label) ?? instance.label;
      return label === instance.label ? instance : { ...instance, label };
    };
    const { document, activeLabel } = this.#editor;
    this.#base = this.#base.map(renamed);
    const changed = document.instances.filter((instance) => renamed(instance) !== instance);
    this.#editor.takeIn(changed.map((instance) => document.replace(renamed(instance))));
    const active = activeLabel === null ? null : this.#names.nameNow(activeLabel);
    if (active !== activeLabel) this.#editor.setActiveLabel(active);
  }

  async #merge(): Promise<void> {
    const stored = await this.#transport.load();
    const theirs = stored.items.map(instanceFromJson);
    await this.#tellOfGoneLabels(theirs);
    const own = underTheirLabels(this.changes, theirs);
    const conflicts = conflictsWith(own, theirs);
    const taken = takeInTheirs(this.#editor.document.instances, own, theirs);
    this.#base = theirs;
    this.#version = stored;
    this.#editor.takeIn(taken);
    if (conflicts.length > 0) this.#hooks.onConflicts(conflicts);
  }

  /** Objects that are at the server no more, because their label is not. */
  async #tellOfGoneLabels(theirs: readonly Instance[]): Promise<void> {
    const there = new Set(theirs.map(({ id }) => id));
    const gone = this.#base.filter(({ id }) => !there.has(id)).map(({ label }) => label);
    if (gone.length === 0) return;
    this.#names.learn(await this.#transport.labels());
    this.#names.missFrom(gone);
    this.#rename();
    const labels = new Set(gone.filter((label) => this.#names.nameNow(label) === null));
    if (labels.size > 0) this.#hooks.onLabels();
    for (const label of labels) this.#hooks.onLabelGone(label, gone.filter((other) => other === label).length);
  }

  async #afterSave(): Promise<void> {
    if (!this.isSaved && this.#isAsStored(this.#sendable())) {
      const labels = new Set(this.changes.flatMap(({ mine }) => (mine ? [mine.label] : [])));
      this.#setState({ kind: "waiting", labels: [...labels], changes: this.changes.length });
      this.#drafts.keep(() => this.draft);
      await this.#drafts.settled();
      return;
    }
    if (!this.isSaved) {
      this.#setState({ kind: "unsaved" });
      this.#schedule(SAVE_AFTER_MS);
      return;
    }
    clearTimeout(this.#timer);
    this.#setState({ kind: "saved" });
    await this.#drafts.drop();
  }

  #failed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 0 || error.status >= 500 || error.status === 429) {
      this.#setState(this.#offline());
      this.#schedule(this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
    } else {
      this.#setState({ kind: "refused", message: error.message, changes: this.#count });
    }
  }

  #offline(): SaveState {
    return { kind: "offline", changes: this.#count, isKept: this.#drafts.isKept };
  }

  /** An order of its own is a change, too. */
  get #count(): number {
    return Math.max(1, this.changes.length);
  }

  #isAsStored(instances: readonly Instance[]): boolean {
    if (instances === this.#base) return true;
    if (instances.length !== this.#base.length || !keepsOrder(this.#base, instances)) return false;
    return changesBetween(this.#base, instances).length === 0;
  }

  #setState(state: SaveState): void {
    this.#state = state;
    this.#hooks.onState(state);
  }
}
