/** A person's preferences on their way to the server: shown at once, sent a moment later, kept in the browser until they arrived. */

export type Values = Readonly<Record<string, unknown>>;

export interface OutboxPorts {
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  /** Rejects when the server could not be reached or refused. */
  readonly send: (values: Values) => Promise<void>;
}

/** A slider that is dragged makes one request. */
const QUIET_MS = 800;

export class PreferenceOutbox {
  readonly #key: string;
  readonly #ports: OutboxPorts;
  readonly #listeners = new Set<() => void>();
  #waiting: Values;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(userId: number, ports: OutboxPorts) {
    this.#key = `maskwright.preferences.${userId}`;
    this.#ports = ports;
    this.#waiting = readStored(ports.storage, this.#key);
    if (Object.keys(this.#waiting).length > 0) this.#sendSoon();
  }

  /** What the server does not have yet. */
  get waiting(): Values {
    return this.#waiting;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(name: string, value: unknown): void {
    this.#keep({ ...this.#waiting, [name]: value });
    this.#sendSoon();
  }

  #sendSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), QUIET_MS);
  }

  async #send(): Promise<void> {
    const sent = this.#waiting;
    try {
      await this.#ports.send(sent);
    } catch {
      // They stay in the browser, and go with the next change or the next visit.
      return;
    }
    this.#keep(Object.fromEntries(Object.entries(this.#waiting).filter(([name, value]) => value !== sent[name])));
  }

  #keep(values: Values): void {
    this.#waiting = values;
    if (Object.keys(values).length > 0) this.#ports.storage.setItem(this.#key, JSON.stringify(values));
    else this.#ports.storage.removeItem(this.#key);
    for (const listener of this.#listeners) listener();
  }
}

function readStored(storage: OutboxPorts["storage"], key: string): Values {
  try {
    const stored: unknown = JSON.parse(storage.getItem(key) ?? "{}");
    return typeof stored === "object" && stored !== null && !Array.isArray(stored) ? { ...stored } : {};
  } catch {
    // someone else's text under our key
    return {};
  }
}
