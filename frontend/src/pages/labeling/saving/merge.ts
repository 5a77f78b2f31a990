/** Differences between two states of an image's objects, and what becomes of two people's changes. */
import type { Change } from "../../../editor/document.ts";
import { type Instance, sameInstance } from "../../../editor/instance.ts";

/** An object as it was last known to the server, and as it is here; null where it is not. */
export interface OwnChange {
  readonly id: string;
  readonly base: Instance | null;
  readonly mine: Instance | null;
}

/** Both sides changed one object: mine is kept, theirs is offered. */
export interface Conflict {
  readonly id: string;
  readonly mine: Instance | null;
  readonly theirs: Instance | null;
}

export function changesBetween(base: readonly Instance[], mine: readonly Instance[]): OwnChange[] {
  const before = byId(base);
  const now = byId(mine);
  const changed = mine
    .filter((instance) => !sameInstance(before.get(instance.id) ?? null, instance))
    .map((instance): OwnChange => ({ id: instance.id, base: before.get(instance.id) ?? null, mine: instance }));
  const gone = base
    .filter(({ id }) => !now.has(id))
    .map((instance): OwnChange => ({ id: instance.id, base: instance, mine: null }));
  return [...changed, ...gone];
}

export function conflictsWith(own: readonly OwnChange[], theirs: readonly Instance[]): Conflict[] {
  const stored = byId(theirs);
  return own
    .map(({ id, base, mine }) => ({ id, base, mine, theirs: stored.get(id) ?? null }))
    .filter((one) => !sameInstance(one.theirs, one.base) && !sameInstance(one.theirs, one.mine))
    .map(({ id, mine, theirs: other }) => ({ id, mine, theirs: other }));
}

/**
 * My changes under the labels that others have given to the objects: who renamed, merged or changed a label and who moved a corner
 * do not stand in each other's way.
 */
export function underTheirLabels(own: readonly OwnChange[], theirs: readonly Instance[]): OwnChange[] {
  const stored = byId(theirs);
  return own.map((change) => {
    const { id, base, mine } = change;
    const label = stored.get(id)?.label;
    if (label === undefined || base === null || label === base.label) return change;
    const follows = mine !== null && mine.label === base.label;
    return { id, base: { ...base, label }, mine: follows ? { ...mine, label } : mine };
  });
}

/** What turns `now` into their state with my changes laid over it. */
export function takeInTheirs(
  now: readonly Instance[],
  own: readonly OwnChange[],
  theirs: readonly Instance[],
): Change[] {
  const mine = new Map(own.map(({ id, mine: kept }) => [id, kept]));
  const here = byId(now);
  const stored = byId(theirs);
  const indexOf = new Map(now.map(({ id }, index) => [id, index]));
  const slot = (instance: Instance | undefined, index: number) => (instance ? { instance, index } : null);
  const changed = theirs
    .filter((instance) => !mine.has(instance.id) && !sameInstance(here.get(instance.id) ?? null, instance))
    .map((instance): Change => {
      const index = indexOf.get(instance.id) ?? Number.MAX_SAFE_INTEGER;
      return { id: instance.id, before: slot(here.get(instance.id), index), after: { instance, index } };
    });
  const gone = now
    .filter(({ id }) => !mine.has(id) && !stored.has(id))
    .map(
      (instance): Change => ({
        id: instance.id,
        before: slot(instance, indexOf.get(instance.id) ?? 0),
        after: null,
      }),
    );
  const relabelled = now
    .filter((instance) => (mine.get(instance.id) ?? instance).label !== instance.label)
    .map((instance): Change => {
      const index = indexOf.get(instance.id) ?? 0;
      const after = mine.get(instance.id) ?? instance;
      return { id: instance.id, before: slot(instance, index), after: { instance: after, index } };
    });
  return [...changed, ...relabelled, ...gone];
}

/** What lays one's own changes over the state that the server holds. */
export function layOver(own: readonly OwnChange[], stored: readonly Instance[]): Change[] {
  return own.map(({ id, mine }): Change => {
    const index = stored.findIndex((instance) => instance.id === id);
    const before = stored[index];
    return {
      id,
      before: before ? { instance: before, index } : null,
      after: mine ? { instance: mine, index: before ? index : Number.MAX_SAFE_INTEGER } : null,
    };
  });
}

/** What puts objects into a drawing order; those that it does not name stay above the others. */
export function intoOrder(now: readonly Instance[], order: readonly string[]): Change[] {
  const slots = new Map(now.map((instance, index) => [instance.id, { instance, index }]));
  const named = new Set(order);
  const wanted = [...order, ...now.map(({ id }) => id).filter((id) => !named.has(id))].filter((id) => slots.has(id));
  return wanted.flatMap((id, index): Change[] => {
    const before = slots.get(id);
    return before ? [{ id, before, after: { instance: before.instance, index } }] : [];
  });
}

/** Whether upserts and deletions alone lead from one drawing order to the other: new objects go on top. */
export function keepsOrder(base: readonly Instance[], mine: readonly Instance[]): boolean {
  const now = new Set(mine.map(({ id }) => id));
  const before = new Set(base.map(({ id }) => id));
  const expected = [...base.filter(({ id }) => now.has(id)), ...mine.filter(({ id }) => !before.has(id))];
  return expected.every(({ id }, i) => id === mine[i]?.id);
}

function byId(instances: readonly Instance[]): Map<string, Instance> {
  return new Map(instances.map((instance) => [instance.id, instance]));
}
