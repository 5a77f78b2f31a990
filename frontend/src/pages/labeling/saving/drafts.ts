/**
 * What is not saved yet, in IndexedDB: it outlives a crashed tab, a dead server and a closed laptop. Each tab keeps its own, so
 * that two on one image do not overwrite each other's; who opens the image takes up those that are there.
 */
import type { OwnChange } from "./merge.ts";

export interface KeptDraft {
  readonly changes: readonly OwnChange[];
  /** The ids of all objects in their drawing order, where that is another than the stored one. */
  readonly order: readonly string[] | null;
}

export interface DraftStore {
  read(): Promise<KeptDraft | null>;
  /** Rejects where the browser refuses: its disk is full, or a private window keeps nothing. */
  keep(draft: KeptDraft): Promise<void>;
  /** Forgets this tab's draft, and those it took up, unless their tabs went on meanwhile. */
  drop(): Promise<void>;
}

interface Kept extends KeptDraft {
  readonly projectId?: number;
  /** Milliseconds since 1970; and the count of this tab's drafts, as two may come in one millisecond. */
  readonly at?: number;
  readonly turn?: number;
}

export interface DraftPlace {
  readonly userId: number;
  readonly projectId: number;
  readonly imageId: number;
}

const DATABASE = "maskwright";
const STORE = "drafts";
const TAB = crypto.getRandomValues(new Uint32Array(2)).join("-");
let turn = 0;

/** The draft of one person's work on one image. Without IndexedDB, as in some private windows, there is none to read or drop. */
export function imageDrafts({ userId, projectId, imageId }: DraftPlace): DraftStore {
  const own = `${userId}/${imageId}/${TAB}`;
  const ofAll = () => IDBKeyRange.bound(`${userId}/${imageId}`, `${userId}/${imageId}/\uffff`);
  const taken = new Map<string, Kept>();
  return {
    read: async () => {
      for (const [key, draft] of await entries(ofAll)) taken.set(key, draft);
      return together([...taken.values()]);
    },
    keep: async (draft) => {
      const kept: Kept = { ...draft, projectId, at: Date.now(), turn: ++turn };
      const written = await request("readwrite", (store) => store.put(kept, own));
      if (written === undefined) throw new Error("This browser keeps no drafts.");
    },
    drop: async () => {
      await request("readwrite", (store) => {
        for (const [key, draft] of taken) deleteUnchanged(store, key, draft);
        return store.delete(own);
      });
      taken.clear();
    },
  };
}

/** The images of a project that a person's tabs have left drafts of. */
export async function draftedImages(userId: number, projectId: number): Promise<number[]> {
  const drafts = await entries(() => IDBKeyRange.bound(`${userId}/`, `${userId}/\uffff`));
  const here = drafts.filter(([, draft]) => draft.projectId === projectId);
  return [...new Set(here.map(([key]) => Number(key.split("/")[1])))];
}

async function entries(range: () => IDBKeyRange): Promise<[string, Kept][]> {
  let keys: IDBRequest<IDBValidKey[]> | undefined;
  const drafts = (await request("readonly", (store) => {
    keys = store.getAllKeys(range());
    return store.getAll(range());
  })) as Kept[] | undefined;
  return (drafts ?? []).map((draft, i) => [String(keys?.result[i]), draft]);
}

/** Of an object in several drafts the latest state counts. */
function together(drafts: readonly Kept[]): KeptDraft | null {
  if (drafts.length === 0) return null;
  const inOrder = drafts.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0));
  return {
    changes: [...new Map(inOrder.flatMap(({ changes }) => changes.map((one) => [one.id, one]))).values()],
    order: inOrder.findLast(({ order }) => order)?.order ?? null,
  };
}

function deleteUnchanged(store: IDBObjectStore, key: string, { at, turn: seen }: Kept): void {
  const asked: IDBRequest<Kept | undefined> = store.get(key);
  asked.onsuccess = () => {
    if (asked.result?.at === at && asked.result?.turn === seen) store.delete(key);
  };
}

let opening: Promise<IDBDatabase | null> | null = null;

function open(): Promise<IDBDatabase | null> {
  opening ??= new Promise((resolve) => {
    if (typeof indexedDB === "undefined") return resolve(null);
    const opened = indexedDB.open(DATABASE, 1);
    opened.onupgradeneeded = () => opened.result.createObjectStore(STORE);
    opened.onsuccess = () => resolve(opened.result);
    opened.onerror = () => resolve(null);
  });
  return opening;
}

async function request(mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await open();
  if (!database) return undefined;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const asked = run(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = () => reject(transaction.error ?? new Error("The draft cannot be kept."));
    transaction.onabort = () => reject(transaction.error ?? new Error("The draft cannot be kept."));
  });
}
