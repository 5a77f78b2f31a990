/**
 * The drafts of an open image. Open is a draft whose id no object has and that nobody rejected, so accepting needs no more than an
 * object with its id, and undo opens it again. A draft that was accepted and then deleted counts as rejected.
 */
import type { Editor } from "../../../editor/editor.ts";
import type { DraftLabel } from "./draftLabels.ts";

export interface DraftPorts {
  readonly reject: (ids: readonly string[]) => Promise<unknown>;
  readonly restore: (ids: readonly string[]) => Promise<unknown>;
  /** Rejects what was an object before the image was opened, if it once was a draft; answers whether it was. */
  readonly rejectObject: (id: string) => Promise<boolean>;
  /** The server was not reached, or refused. */
  readonly onFailed: (error: unknown) => void;
}

export class DraftBook {
  readonly #editor: Editor;
  readonly #drafts: readonly DraftLabel[];
  readonly #ports: DraftPorts;
  readonly #listeners = new Set<() => void>();
  readonly #draftIds: ReadonlySet<string>;
  /** Objects of a model that may have been drafts before the image was opened. */
  readonly #objectIds: Set<string>;
  /** Of all these, what was an object while the image was open. */
  readonly #accepted = new Set<string>();
  /** By the person; a deleted object is rejected without being in here. */
  readonly #rejected = new Set<string>();
  /** What the server counts as rejected by what was done here. */
  readonly #told = new Set<string>();
  #open: readonly DraftLabel[] = [];
  #isTelling = false;

  constructor(editor: Editor, drafts: readonly DraftLabel[], ports: DraftPorts) {
    this.#editor = editor;
    this.#drafts = drafts;
    this.#ports = ports;
    this.#draftIds = new Set(drafts.map(({ instance }) => instance.id));
    const predicted = editor.document.instances.filter(({ source }) => source.startsWith("model:"));
    this.#objectIds = new Set(predicted.map(({ id }) => id).filter((id) => !this.#draftIds.has(id)));
    this.#open = this.#findOpen(this.#present());
  }

  /** Follows the editor until the answer is called. */
  follow(): () => void {
    this.#changed();
    return this.#editor.subscribe((aspect) => aspect === "document" && this.#changed());
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** In the server's order: the best score first. */
  get open(): readonly DraftLabel[] {
    return this.#open;
  }

  get hadAny(): boolean {
    return this.#drafts.length > 0;
  }

  /** Whether the draft's label is still in the project. */
  canAccept({ instance }: DraftLabel): boolean {
    return !this.#editor.isRetired && this.#editor.labels.includes(instance.label);
  }

  /** Makes objects of drafts in one step of the history; answers how many. */
  accept(drafts: readonly DraftLabel[]): number {
    const wanted = new Set(drafts);
    const taken = this.#open.filter((draft) => wanted.has(draft) && this.canAccept(draft));
    if (taken.length === 0) return 0;
    const { document } = this.#editor;
    const top = document.instances.length;
    // the best score lies topmost
    const changes = taken.toReversed().map(({ instance }, i) => ({
      id: instance.id,
      before: null,
      after: { instance, index: top + i },
    }));
    this.#editor.execute({ name: "paste", changes });
    return taken.length;
  }

  reject(drafts: readonly DraftLabel[]): void {
    for (const { instance } of drafts) this.#rejected.add(instance.id);
    this.#changed();
  }

  /** Takes a rejection back. */
  restore(drafts: readonly DraftLabel[]): void {
    for (const { instance } of drafts) this.#rejected.delete(instance.id);
    this.#changed();
  }

  #changed(): void {
    if (this.#draftIds.size + this.#objectIds.size === 0) return;
    this.#setOpen(this.#findOpen(this.#present()));
    if (!this.#isTelling) void this.#tell();
  }

  #setOpen(open: readonly DraftLabel[]): void {
    if (open.length === this.#open.length && open.every((draft, i) => draft === this.#open[i])) return;
    this.#open = open;
    for (const listener of this.#listeners) listener();
  }

  #findOpen(present: ReadonlySet<string>): DraftLabel[] {
    return this.#drafts.filter(({ instance: { id } }) => !present.has(id) && !this.#isRejected(id, present));
  }

  #isRejected(id: string, present: ReadonlySet<string>): boolean {
    if (present.has(id)) return false;
    return this.#rejected.has(id) || (this.#accepted.has(id) && this.#editor.history.hasRemoved(id));
  }

  #present(): ReadonlySet<string> {
    const present = new Set(this.#editor.document.instances.map(({ id }) => id));
    for (const ids of [this.#draftIds, this.#objectIds]) {
      for (const id of ids) if (present.has(id)) this.#accepted.add(id);
    }
    return present;
  }

  /** One request at a time, so that none overtakes another; what changes meanwhile is told next. */
  async #tell(): Promise<void> {
    this.#isTelling = true;
    for (let news = this.#news(); news !== null; news = this.#news()) {
      try {
        await this.#send(news);
      } catch (error) {
        // drafts are shown as they are at the server; a deleted object is told of again with the next change
        for (const id of news.reject) if (!this.#told.has(id)) this.#rejected.delete(id);
        this.#setOpen(this.#findOpen(this.#present()));
        this.#ports.onFailed(error);
        break;
      }
    }
    this.#isTelling = false;
  }

  #news(): News | null {
    const present = this.#present();
    const isNew = (id: string) => this.#isRejected(id, present) && !this.#told.has(id);
    const reject = [...this.#draftIds].filter(isNew);
    const objects = [...this.#objectIds].filter(isNew);
    const restore = [...this.#told].filter((id) => !this.#isRejected(id, present));
    return reject.length + objects.length + restore.length > 0 ? { reject, objects, restore } : null;
  }

  async #send({ reject, objects, restore }: News): Promise<void> {
    if (reject.length > 0) await this.#ports.reject(reject);
    for (const id of reject) this.#told.add(id);
    for (const id of objects) {
      if (await this.#ports.rejectObject(id)) this.#told.add(id);
      else this.#objectIds.delete(id);
    }
    if (restore.length > 0) await this.#ports.restore(restore);
    for (const id of restore) this.#told.delete(id);
  }
}

/** What the server does not know yet, by ids. */
interface News {
  readonly reject: readonly string[];
  readonly objects: readonly string[];
  readonly restore: readonly string[];
}
