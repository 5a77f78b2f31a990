/** What the editor remembers of a person, on every machine. */
import { useMemo, useSyncExternalStore } from "react";
import { api } from "../../../api/client.ts";
import { meQuery } from "../../../api/queries.ts";
import { queryClient } from "../../../api/queryClient.ts";
import type { Me } from "../../../api/types.ts";
import { useMe } from "../../../app/session.ts";
import type { KeyChanges } from "../../../editor/keys.ts";
import { DEFAULT_DISPLAY, type Display } from "../panels/DisplaySettings.tsx";
import { PreferenceOutbox } from "./preferenceOutbox.ts";

interface Preferences {
  display: Display;
  panels: boolean;
  /** A phone has no room for the panels beside the image. */
  panelsOnPhone: boolean;
  minimap: boolean;
  keys: KeyChanges;
}

/** What is kept may be of another version, or of another program: each is read with its default at hand. */
const READ: { readonly [K in keyof Preferences]: (kept: unknown) => Preferences[K] } = {
  display: readDisplay,
  panels: (kept) => kept !== false,
  panelsOnPhone: (kept) => kept === true,
  minimap: (kept) => kept !== false,
  keys: readKeyChanges,
};

export function usePreference<K extends keyof Preferences>(name: K): [Preferences[K], (value: Preferences[K]) => void] {
  const me = useMe();
  const outbox = outboxOf(me?.id ?? 0);
  const waiting = useSyncExternalStore(outbox.subscribe, () => outbox.waiting);
  const kept = waiting[keptName(name)] ?? me?.preferences[keptName(name)];
  const value = useMemo(() => READ[name](kept), [name, kept]);
  return [value, (next) => outbox.set(keptName(name), next)];
}

function keptName(name: keyof Preferences): string {
  return `labeling.${name}`;
}

let current: { userId: number; outbox: PreferenceOutbox } | null = null;

/** One for the page: its components see each other's changes. */
function outboxOf(userId: number): PreferenceOutbox {
  if (current?.userId !== userId) {
    current = { userId, outbox: new PreferenceOutbox(userId, { storage: localStorage, send }) };
  }
  return current.outbox;
}

async function send(preferences: Readonly<Record<string, unknown>>): Promise<void> {
  queryClient.setQueryData<Me | null>(meQuery.queryKey, await api.patch<Me>("/api/v1/me", { preferences }));
}

export function readDisplay(kept: unknown): Display {
  const values = asRecord(kept);
  const read = (name: keyof Display) => {
    const value = values[name];
    return typeof value === "number" && value >= 0 && value <= 400 ? value : DEFAULT_DISPLAY[name];
  };
  return { fill: read("fill"), brightness: read("brightness"), contrast: read("contrast") };
}

export function readKeyChanges(kept: unknown): KeyChanges {
  const isKeys = (keys: unknown): keys is string[] =>
    Array.isArray(keys) && keys.every((key) => typeof key === "string");
  return Object.fromEntries(
    Object.entries(asRecord(kept)).filter((entry): entry is [string, string[]] => isKeys(entry[1])),
  );
}

function asRecord(kept: unknown): Readonly<Record<string, unknown>> {
  return typeof kept === "object" && kept !== null && !Array.isArray(kept) ? { ...kept } : {};
}
