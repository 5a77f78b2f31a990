/** When the signed-in person is asked to choose a password of their own. */
import type { Me } from "../api/types.ts";

const ASKED_AFTER = "password.askedAfter"; // of the account's preferences: so another tab does not ask again
const WAIT_MS = 24 * 60 * 60 * 1000;

/** One that an administrator gave is changed before anything else; one that a command printed may wait. */
export function isPasswordAsked({ password_origin, preferences }: Me, now: number): boolean {
  if (password_origin !== "printed") return password_origin === "given";
  const after = preferences[ASKED_AFTER];
  return typeof after !== "string" || !(now < Date.parse(after));
}

/** The preferences by which it is asked for again tomorrow. */
export function putOff(now: number): Record<string, string> {
  return { [ASKED_AFTER]: new Date(now + WAIT_MS).toISOString() };
}
