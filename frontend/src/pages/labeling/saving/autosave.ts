/**
 * Saves a moment after the last change, only over the revision it knows. When someone saved meanwhile it takes their objects in
 * and tries again; when the server cannot be reached it keeps trying. What is not saved yet lies in a draft that survives the tab.
 */
import { ApiError } from "../../../api/client.ts";
import type { Editor } from "../../../editor/editor.ts";
import { type Instance, instanceFromJson, instanceToJson } from "../../../editor/instance.ts";
import type { DraftStore } from "./drafts.ts";
import { type Conflict, changesBetween, conflictsWith, keepsOrder, type OwnChange, takeInTheirs } from "./merge.ts";
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
  | { readonly kind: "offline"; readonly changes: number }
  | { readonly kind: "refused"; readonly message: string; readonly changes: number };

export interface AutosaveHooks {
  onState: (state: SaveState) => void;
  onConflicts: (conflicts: readonly Conflict[]) => void;
}

export class Autosave {
  readonly #editor: Editor;
  readonly #transport: Transport;
  readonly #drafts: DraftStore;
  readonly #hooks: AutosaveHooks;
  readonly #unsubscribe: () => void;
  #base: readonly Instance[];
  #version: Version;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryMs = RETRY_FIRST_MS;
  #saving: Promise<void> | null = null;
  #state: SaveState = { kind: "saved" };

  constructor(
    editor: Editor,
    stored: { base: readonly Instance[]; version: Version },
    ports: { transport: Transport; drafts: DraftStore; hooks: AutosaveHooks },
  ) {
    this.#editor = editor;
    this.#base = stored.base;
    this.#version = stored.version;
    this.#transport = ports.transport;
    this.#drafts = ports.drafts;
    this.#hooks = ports.hooks;
    this.#unsubscribe = editor.subscribe((aspect) => {
      if (aspect === "document") this.#changed();
    });
    if (this.changes.length > 0) this.#changed();
  }

  get state(): SaveState {
    return this.#state;
  }

  get changes(): OwnChange[] {
    return changesBetween(this.#base, this.#editor.document.instances);
  }

  get isSaved(): boolean {
    return this.#isAsStored(this.#editor.document.instances);
  }

  /** Saves now; resolves when that has succeeded or failed. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#saving) await this.#saving;
    if (!this.isSaved) await this.#save();
  }

  /** The page is going: sends what there is without waiting. The draft stays until a save is known to have worked. */
  sendAway(): void {
    if (this.isSaved) return;
    const own = this.changes;
    const body = this.#patchOf(own);
    if (JSON.stringify(body).length > KEEPALIVE_BYTES) return;
    this.#transport.patch(body, this.#version.tag, true).catch(() => undefined);
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
    void this.#drafts.keep({ changes: this.changes });
    if (this.#state.kind === "offline") this.#setState({ kind: "offline", changes: this.changes.length });
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
      await this.#write();
      this.#retryMs = RETRY_FIRST_MS;
      await this.#afterSave();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #write(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const sent = this.#editor.document.instances;
      try {
        const before = this.#version.revision;
        this.#version = await this.#send(sent);
        this.#base = sent;
        // ours was stored already, by a send whose answer was lost, and others have saved since
        if (this.#version.revision > before + 1) await this.#merge();
        return;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 412 || attempt === MERGE_ATTEMPTS) throw error;
        await this.#merge();
        if (this.isSaved) return;
      }
    }
  }

  #send(sent: readonly Instance[]): Promise<Version> {
    if (keepsOrder(this.#base, sent)) {
      return this.#transport.patch(this.#patchOf(changesBetween(this.#base, sent)), this.#version.tag, false);
    }
    const { image } = this.#editor.document;
    return this.#transport.put(
      sent.map((instance) => instanceToJson(instance, image)),
      this.#version.tag,
      false,
    );
  }

  #patchOf(own: readonly OwnChange[]) {
    const { image } = this.#editor.document;
    return {
      upsert: own.flatMap(({ mine }) => (mine ? [instanceToJson(mine, image)] : [])),
      delete: own.flatMap(({ id, mine }) => (mine ? [] : [id])),
    };
  }

  async #merge(): Promise<void> {
    const stored = await this.#transport.load();
    const theirs = stored.items.map(instanceFromJson);
    const own = this.changes;
    const conflicts = conflictsWith(own, theirs);
    const taken = takeInTheirs(this.#editor.document.instances, own, theirs);
    this.#base = theirs;
    this.#version = stored;
    this.#editor.takeIn(taken);
    if (conflicts.length > 0) this.#hooks.onConflicts(conflicts);
  }

  async #afterSave(): Promise<void> {
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
    const changes = this.changes.length;
    if (error.status === 0 || error.status >= 500 || error.status === 429) {
      this.#setState({ kind: "offline", changes });
      this.#schedule(this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS);
    } else {
      this.#setState({ kind: "refused", message: error.message, changes });
    }
  }

  #isAsStored(instances: readonly Instance[]): boolean {
    if (instances === this.#base) return true;
    return instances.length === this.#base.length && this.changes.length === 0 && keepsOrder(this.#base, instances);
  }

  #setState(state: SaveState): void {
    this.#state = state;
    this.#hooks.onState(state);
  }
}
