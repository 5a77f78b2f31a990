/**
 * The drafts of an open image. Open is a draft whose id no object has and that nobody rejected, so accepting needs no more than an
 * object with its id, and undo opens it again. A draft that was accepted and then deleted counts as rejected.
 */
import type { Editor } from "../../../editor/editor.ts";
import type { DraftLabel } from "./draftLabels.ts";

export interface DraftPorts {
  readonly reject: (ids: readonly string[]) => Promise<unknown>;
  readonly restore: (ids: readonly string[]) => Promise<unknown>;
  /** The server was not reached, or refused. */
  readonly onFailed: (error: unknown) => void;
}

export class DraftBook {
  readonly #editor: Editor;
  readonly #drafts: readonly DraftLabel[];
  readonly #ports: DraftPorts;
  readonly #listeners = new Set<() => void>();
  /** Drafts, and objects that may have been drafts before the image was opened. */
  readonly #ids: readonly string[];
  /** Of these, what was an object while the image was open. */
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
    const predicted = editor.document.instances.filter(({ source }) => source.startsWith("model:"));
    this.#ids = [...drafts.map(({ instance }) => instance.id), ...predicted.map(({ id }) => id)];
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

  /** Whether the draft's label is still in the project. */
  canAccept({ instance }: DraftLabel): boolean {
    return !this.#editor.isRetired && this.#editor.labels.includes(instance.label);
  }

  /** Makes objects of drafts in one step of the history; answers how many. */
  accept(drafts: readonly DraftLabel[]): number {
    const taken = this.#open.filter((draft) => drafts.includes(draft) && this.canAccept(draft));
    if (taken.length === 0) return 0;
    const { document } = this.#editor;
    const top = document.instances.length;
    const changes = taken.map(({ instance }, i) => ({
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
    if (this.#ids.length === 0) return;
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
    for (const id of this.#ids) if (present.has(id)) this.#accepted.add(id);
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

  #news(): { reject: string[]; restore: string[] } | null {
    const present = this.#present();
    const reject = this.#ids.filter((id) => this.#isRejected(id, present) && !this.#told.has(id));
    const restore = this.#ids.filter((id) => !this.#isRejected(id, present) && this.#told.has(id));
    return reject.length + restore.length > 0 ? { reject, restore } : null;
  }

  async #send({ reject, restore }: { reject: readonly string[]; restore: readonly string[] }): Promise<void> {
    if (reject.length > 0) await this.#ports.reject(reject);
    for (const id of reject) this.#told.add(id);
    if (restore.length > 0) await this.#ports.restore(restore);
    for (const id of restore) this.#told.delete(id);
  }
}
