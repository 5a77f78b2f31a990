/** What is not saved yet, in IndexedDB: it outlives a crashed tab, a dead server and a closed laptop. */
import type { OwnChange } from "./merge.ts";

export interface KeptDraft {
  readonly changes: readonly OwnChange[];
}

export interface DraftStore {
  read(): Promise<KeptDraft | null>;
  keep(draft: KeptDraft): Promise<void>;
  drop(): Promise<void>;
}

const DATABASE = "maskwright";
const STORE = "drafts";

/** The draft of one person's work on one image. Where the browser has no IndexedDB (private windows), nothing is kept. */
export function imageDrafts(userId: number, imageId: number): DraftStore {
  const key = `${userId}/${imageId}`;
  return {
    read: async () => ((await request("readonly", (store) => store.get(key))) as KeptDraft | undefined) ?? null,
    keep: async (draft) => {
      await request("readwrite", (store) => store.put(draft, key));
    },
    drop: async () => {
      await request("readwrite", (store) => store.delete(key));
    },
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
