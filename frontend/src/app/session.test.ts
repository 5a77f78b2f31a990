import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api } from "../api/client.ts";
import { meQuery } from "../api/queries.ts";
import { queryClient } from "../api/queryClient.ts";
import type { Me } from "../api/types.ts";
import { currentUser, signIn, signOut, startSession } from "./session.ts";

const ANNA = { id: 1, email: "anna@example.com", csrf_token: "a" } as Me;
const BEN = { id: 2, email: "ben@example.com", csrf_token: "b" } as Me;
const PATH = "/api/v1/projects/1";
const KEY = ["projects", 1];

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  startSession();
  queryClient.setQueryData(meQuery.queryKey, ANNA);
  queryClient.setQueryData(KEY, "seen by Anna");
});

afterEach(() => {
  queryClient.clear();
  vi.unstubAllGlobals();
});

function answer(status: number, body: unknown): void {
  const init = { status, headers: { "Content-Type": "application/json" } };
  fetched.mockResolvedValueOnce(new Response(JSON.stringify(body), init));
}

const sent = (method: string) => fetched.mock.calls.filter(([url, init]) => url === PATH && init.method === method);

test("a change that Anna made is not sent in the name of Ben, who signed in in another tab", async () => {
  answer(403, { error: "X-CSRF-Token is missing or wrong" });
  answer(200, BEN);
  await expect(api.patch(PATH, { name: "Fruit" })).rejects.toThrow("Somebody else");
  expect(sent("PATCH")).toHaveLength(1);
  expect(currentUser()).toEqual(BEN);
  expect(queryClient.getQueryData(KEY)).toBeUndefined();
});

test("a change is sent again with the token of the same person's new session", async () => {
  answer(403, { error: "X-CSRF-Token is missing or wrong" });
  answer(200, { ...ANNA, csrf_token: "a2" });
  answer(200, { id: 1 });
  expect(await api.patch(PATH, { name: "Fruit" })).toEqual({ id: 1 });
  expect(queryClient.getQueryData(KEY)).toBe("seen by Anna");
});

test.each([
  [ANNA, 2],
  [BEN, 1],
])("what waits for a new sign-in is sent again when it is Anna's: $email", async (me, times) => {
  answer(401, { error: "sign in first" });
  const change = api.patch(PATH, { name: "Fruit" }).catch(() => undefined);
  await vi.waitFor(() => expect(fetched).toHaveBeenCalledTimes(1));
  answer(200, me);
  answer(200, { id: 1 });
  await signIn(me.email, "password");
  await change;
  expect(sent("PATCH")).toHaveLength(times);
});

test("whoever signs out of a session that ended is signed out", async () => {
  answer(401, { error: "sign in first" });
  await signOut();
  expect(currentUser()).toBeNull();
});
