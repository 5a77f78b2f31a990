/** Uploads of one project after another: small files together, three requests at once, each file's progress apart. */
import type { Sending } from "../../../api/sendForm.ts";
import { isReadable, unreadableReason } from "./isReadable.ts";

/** stalled: it goes on by itself when the connection is back. */
export type FileState = "waiting" | "sending" | "stalled" | "done" | "refused" | "failed" | "cancelled";

export interface UploadFile {
  readonly id: number;
  readonly projectId: number;
  /** With its folders, as it will be called in the project. */
  readonly name: string;
  readonly size: number;
  readonly file: File;
  readonly state: FileState;
  /** Bytes that are on the server's side. */
  readonly sent: number;
  /** Why it was refused or failed. */
  readonly reason: string | null;
  /** Images that came of it: more than one from a zip. */
  readonly imageCount: number;
  /** Those of them whose content another image of the project has. */
  readonly duplicates: readonly Duplicate[];
}

export interface Duplicate {
  readonly name: string;
  readonly of: string;
}

/** What the server said of one request. */
export interface UploadReport {
  items: { name: string; duplicate_of: string | null }[];
  refused: { name: string; error: string }[];
}

/** What a request tells on its way. */
export interface SendEvents {
  /** Bytes of the request's files on the server's side; after a pause that it goes on. */
  onProgress: (bytes: number) => void;
  /** The connection broke off; the request waits and goes on by itself. */
  onStalled: () => void;
}

/** Starts a request; its `done` rejects with an Error fit to be shown. */
export type Send = (projectId: number, files: readonly NamedFile[], events: SendEvents) => Sending<UploadReport>;

export interface NamedFile {
  name: string;
  file: File;
}

export const REQUESTS_AT_ONCE = 3;
/** Small files go together, so that a thousand icons are not a thousand requests; a large one goes alone. */
export const REQUEST_BYTES = 8_000_000;
export const REQUEST_FILES = 20;

/** Progress is told no more often: a page need not be drawn for every packet. */
const PROGRESS_PAUSE_MS = 100;

interface Request {
  ids: ReadonlySet<number>;
  sending: Sending<UploadReport>;
  toldAt: number;
}

export class UploadQueue {
  readonly #send: Send;
  readonly #onArrived: (projectId: number) => void;
  readonly #listeners = new Set<() => void>();
  readonly #requests = new Set<Request>();
  #files: readonly UploadFile[] = [];
  #nextId = 1;

  /** @param onArrived Told after each request that brought images. */
  constructor(send: Send, onArrived: (projectId: number) => void) {
    this.#send = send;
    this.#onArrived = onArrived;
  }

  get files(): readonly UploadFile[] {
    return this.#files;
  }

  add(projectId: number, files: readonly NamedFile[]): void {
    const added = files.map(({ name, file }) => ({
      id: this.#nextId++,
      projectId,
      // The server composes Unicode names so, and reports under them.
      name: name.normalize("NFC"),
      size: file.size,
      file,
      state: "waiting" as const,
      sent: 0,
      reason: null,
      imageCount: 0,
      duplicates: [],
    }));
    // What is finished makes room when new files come, but for what a person still has to read.
    const kept = this.isBusy
      ? this.#files
      : this.#files.filter(({ state }) => state === "refused" || state === "failed");
    this.#publish([...kept, ...added]);
    this.#fill();
  }

  /** Takes files back that are not on the server yet; files of the same request wait for another one. */
  cancel(ids: ReadonlySet<number>): void {
    this.#withdraw(ids, { state: "cancelled", sent: 0 });
  }

  cancelAll(): void {
    this.cancel(new Set(this.#files.filter(isOpen).map(({ id }) => id)));
  }

  /** Sends again what failed or was cancelled. */
  retry(ids: ReadonlySet<number>): void {
    this.#change((file) =>
      ids.has(file.id) && mayRetry(file) ? { ...file, state: "waiting", sent: 0, reason: null } : file,
    );
    this.#fill();
  }

  /** Forgets the list; what is on its way stays. */
  clear(): void {
    this.#publish(this.#files.filter(isOpen));
  }

  get isBusy(): boolean {
    return this.#files.some(isOpen);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #fill(): void {
    while (this.#requests.size < REQUESTS_AT_ONCE) {
      const batch = nextBatch(this.#files);
      const [first] = batch;
      if (first === undefined) return;
      this.#start(first.projectId, batch);
    }
  }

  #withdraw(ids: ReadonlySet<number>, outcome: Partial<UploadFile>): void {
    this.#change((file) => (ids.has(file.id) && isOpen(file) ? { ...file, ...outcome } : file));
    for (const request of [...this.#requests]) {
      if (![...request.ids].some((id) => ids.has(id))) continue;
      this.#requests.delete(request);
      this.#change((file) =>
        request.ids.has(file.id) && isOpen(file) ? { ...file, state: "waiting", sent: 0 } : file,
      );
      request.sending.abort();
    }
    this.#fill();
  }

  #start(projectId: number, batch: readonly UploadFile[]): void {
    const ids = new Set(batch.map(({ id }) => id));
    this.#change((file) => (ids.has(file.id) ? { ...file, state: "sending", sent: 0 } : file));
    const sending = this.#send(projectId, batch, {
      onProgress: (bytes) => this.#progress(request, bytes),
      onStalled: () => void this.#stall(request),
    });
    const request: Request = { ids, sending, toldAt: Number.NEGATIVE_INFINITY };
    this.#requests.add(request);
    sending.done.then(
      (report) => this.#arrive(request, projectId, report),
      (error: unknown) => this.#fail(request, error instanceof Error ? error.message : String(error)),
    );
  }

  /** The files of a form go one after the other, so the bytes sent tell how far each is. */
  #progress(request: Request, bytes: number): void {
    if (!this.#requests.has(request)) return;
    const batch = this.#files.filter(({ id }) => request.ids.has(id));
    const isAtEnd = bytes >= batch.reduce((sum, { size }) => sum + size, 0);
    const now = performance.now();
    if (now - request.toldAt < PROGRESS_PAUSE_MS && !isAtEnd && batch.every(({ state }) => state === "sending")) return;
    request.toldAt = now;
    let left = bytes;
    const sent = new Map<number, number>();
    for (const file of batch) {
      sent.set(file.id, Math.min(file.size, left));
      left = Math.max(0, left - file.size);
    }
    this.#change((file) =>
      request.ids.has(file.id) ? { ...file, state: "sending", sent: sent.get(file.id) ?? file.sent } : file,
    );
  }

  async #stall(request: Request): Promise<void> {
    if (!this.#requests.has(request)) return;
    this.#change((file) => (request.ids.has(file.id) ? { ...file, state: "stalled" } : file));
    for (const { id, file, name } of this.#files.filter(({ id }) => request.ids.has(id))) {
      if (await isReadable(file)) continue;
      this.#withdraw(new Set([id]), { state: "failed", sent: 0, reason: unreadableReason(name) });
    }
  }

  #arrive(request: Request, projectId: number, report: UploadReport): void {
    if (!this.#requests.delete(request)) return;
    const batch = this.#files.filter(({ id }) => request.ids.has(id));
    const outcomes = outcomesOf(batch, report);
    this.#change((file) => ({ ...file, ...outcomes.get(file.id) }));
    if (report.items.length > 0) this.#onArrived(projectId);
    this.#fill();
  }

  #fail(request: Request, reason: string): void {
    if (!this.#requests.delete(request)) return;
    this.#change((file) => (request.ids.has(file.id) ? { ...file, state: "failed", sent: 0, reason } : file));
    this.#fill();
  }

  #change(change: (file: UploadFile) => UploadFile): void {
    this.#publish(this.#files.map(change));
  }

  #publish(files: readonly UploadFile[]): void {
    this.#files = files;
    for (const listener of this.#listeners) listener();
  }
}

/** The next waiting files that go in one request: of one project, and a zip alone. */
export function nextBatch(files: readonly UploadFile[]): UploadFile[] {
  const batch: UploadFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (file.state !== "waiting") continue;
    const fits =
      file.projectId === batch[0]?.projectId && bytes + file.size <= REQUEST_BYTES && batch.length < REQUEST_FILES;
    if (batch.length > 0 && (!fits || isZip(file))) return batch;
    batch.push(file);
    bytes += file.size;
    if (isZip(file)) return batch;
  }
  return batch;
}

export interface UploadTotals {
  /** 0-1, by bytes. */
  progress: number;
  open: number;
  stalled: number;
  done: number;
  refused: number;
  failed: number;
  duplicates: number;
}

export function totalsOf(files: readonly UploadFile[]): UploadTotals {
  const counted = files.filter(({ state }) => state !== "cancelled");
  const bytes = counted.reduce((sum, { size }) => sum + size, 0);
  const sent = counted.reduce((sum, file) => sum + (isOpen(file) ? file.sent : file.size), 0);
  const count = (state: FileState) => files.filter((file) => file.state === state).length;
  return {
    progress: bytes === 0 ? 1 : sent / bytes,
    open: files.filter(isOpen).length,
    stalled: count("stalled"),
    done: count("done"),
    refused: count("refused"),
    failed: count("failed"),
    duplicates: files.reduce((sum, { duplicates }) => sum + duplicates.length, 0),
  };
}

/** The first so many of a list: what a person has to read, then what is on its way, then the rest. */
export function firstRows(files: readonly UploadFile[], limit: number): UploadFile[] {
  const byState = new Map<FileState | "duplicate", UploadFile[]>(ROW_ORDER.map((state) => [state, []]));
  for (const file of files) {
    const rows = byState.get(file.state === "done" && file.duplicates.length > 0 ? "duplicate" : file.state);
    if (rows && rows.length < limit) rows.push(file);
  }
  return [...byState.values()].flat().slice(0, limit);
}

const ROW_ORDER = ["refused", "failed", "stalled", "sending", "duplicate", "waiting", "cancelled", "done"] as const;

export function isOpen({ state }: Pick<UploadFile, "state">): boolean {
  return state === "waiting" || state === "sending" || state === "stalled";
}

export function mayRetry({ state }: Pick<UploadFile, "state">): boolean {
  return state === "failed" || state === "cancelled";
}

type Outcome = Pick<UploadFile, "state" | "sent" | "reason" | "imageCount" | "duplicates">;

/** What became of each file of a request. What a zip holds is reported by the names inside it. */
function outcomesOf(batch: readonly UploadFile[], report: UploadReport): Map<number, Outcome> {
  const [only] = batch;
  if (batch.length === 1 && only) return new Map([[only.id, outcomeOfOne(only, report)]]);
  const refusals = new Map(report.refused.map(({ name, error }) => [name, error]));
  const duplicates = new Map(duplicatesOf(report).map((duplicate) => [duplicate.name, duplicate]));
  return new Map(
    batch.map((file) => {
      const reason = refusals.get(file.name) ?? null;
      const state = reason === null ? "done" : "refused";
      const duplicate = duplicates.get(file.name);
      const imageCount = reason === null ? 1 : 0;
      return [file.id, { state, sent: file.size, reason, imageCount, duplicates: duplicate ? [duplicate] : [] }];
    }),
  );
}

function outcomeOfOne(file: UploadFile, report: UploadReport): Outcome {
  const reasons = report.refused.map(({ name, error }) => (name === file.name ? error : `${name}: ${error}`));
  const reason = reasons.length === 0 ? null : reasons.join("\n");
  const state = reason === null ? "done" : "refused";
  return { state, sent: file.size, reason, imageCount: report.items.length, duplicates: duplicatesOf(report) };
}

function duplicatesOf({ items }: UploadReport): Duplicate[] {
  return items.flatMap(({ name, duplicate_of }) => (duplicate_of === null ? [] : [{ name, of: duplicate_of }]));
}

function isZip(file: UploadFile): boolean {
  return file.name.toLowerCase().endsWith(".zip");
}
