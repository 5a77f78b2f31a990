/** Who is signed in, and the wait for a new sign-in when the session ended in mid-use. */

import { type Query, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { ApiError, api, connectSession } from "../api/client.ts";
import { deferred } from "../api/deferred.ts";
import { meQuery } from "../api/queries.ts";
import { queryClient } from "../api/queryClient.ts";
import type { Me } from "../api/types.ts";

interface PendingSignIn {
  promise: Promise<boolean>;
  settle: (signedIn: boolean) => void;
}

let pending: PendingSignIn | null = null;
const listeners = new Set<() => void>();

export function startSession(): void {
  connectSession({ csrfToken: () => currentUser()?.csrf_token ?? null, renewCsrfToken, signInAgain });
}

export function currentUser(): Me | null {
  return queryClient.getQueryData<Me | null>(meQuery.queryKey) ?? null;
}

/** The signed-in person; null on the sign-in page. */
export function useMe(): Me | null {
  return useQuery(meQuery).data ?? null;
}

/** Calls that wait for a new sign-in go on if it is of the same person: they were not meant in anybody else's name. */
export async function signIn(email: string, password: string): Promise<void> {
  const before = currentUser();
  const me = await api.post<Me>("/api/v1/session", { email, password });
  queryClient.setQueryData<Me | null>(meQuery.queryKey, me);
  const isSame = before === null || before.id === me.id;
  if (!isSame) readAllAnew();
  settle(isSame);
}

export async function signOut(): Promise<void> {
  try {
    await api.delete("/api/v1/session");
  } catch (error) {
    // The session ended by itself before.
    if (!(error instanceof ApiError && error.status === 401)) throw error;
  }
  queryClient.clear();
}

/** Whether the dialog that asks for a new sign-in is wanted. */
export function useSignInAgainWanted(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => pending !== null,
  );
}

/** Leaves the waiting calls with their 401. */
export function giveUpSignIn(): void {
  settle(false);
}

async function renewCsrfToken(): Promise<void> {
  const before = currentUser();
  const now = await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
  if (before === null || now === null || before.id === now.id) return;
  readAllAnew();
  throw new ApiError(403, "Somebody else has signed in meanwhile, in another tab. Nothing was done in their name.");
}

/** What was read is what somebody else may see. */
function readAllAnew(): void {
  const isOfAnother = ({ queryKey }: Query) => queryKey[0] !== meQuery.queryKey[0];
  queryClient.removeQueries({ type: "inactive", predicate: isOfAnother });
  void queryClient.invalidateQueries({ predicate: isOfAnother });
}

function signInAgain(): Promise<boolean> {
  // On the sign-in page a 401 is an ordinary answer; there is no work to save.
  if (currentUser() === null) return Promise.resolve(false);
  if (pending === null) {
    const { promise, resolve } = deferred<boolean>();
    pending = { promise, settle: resolve };
    notify();
  }
  return pending.promise;
}

function settle(signedIn: boolean): void {
  const waiting = pending;
  pending = null;
  waiting?.settle(signedIn);
  notify();
}

function notify(): void {
  for (const listener of listeners) listener();
}
