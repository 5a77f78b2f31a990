/** Who is signed in, and the wait for a new sign-in when the session ended in mid-use. */

import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, connectSession } from "../api/client.ts";
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

export async function signIn(email: string, password: string): Promise<void> {
  queryClient.setQueryData<Me | null>(meQuery.queryKey, await api.post<Me>("/api/v1/session", { email, password }));
  settle(true);
}

export async function signOut(): Promise<void> {
  await api.delete("/api/v1/session");
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
  await queryClient.fetchQuery({ ...meQuery, staleTime: 0 });
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
