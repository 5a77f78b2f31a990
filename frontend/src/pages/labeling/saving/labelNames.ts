/** The project's labels as this page came to know them: a name that someone has changed leads to the one of now. */
export interface LabelName {
  readonly id: number;
  readonly name: string;
}

export class LabelNames {
  #now = new Map<string, number>();
  /** Every name that was met, with the label that had it last; null for one that no label was known to have. */
  readonly #met = new Map<string, number | null>();

  learn(labels: readonly LabelName[]): void {
    this.#now = new Map(labels.map(({ id, name }) => [name, id]));
    for (const { id, name } of labels) this.#met.set(name, id);
  }

  /** What the server does not know either is no label of someone else's, made since we read them. */
  missFrom(names: Iterable<string>): void {
    for (const name of names) if (!this.#met.has(name)) this.#met.set(name, null);
  }

  /** What a label is called now; null where it is gone. */
  nameNow(name: string): string | null {
    if (this.#now.has(name) || !this.#met.has(name)) return name;
    const id = this.#met.get(name);
    return [...this.#now].find(([, other]) => other === id)?.[0] ?? null;
  }
}
