import { expect, it } from "vitest";
import type { Me } from "../api/types.ts";
import { isPasswordAsked, putOff } from "./choosingPassword.ts";

const NOW = Date.parse("2026-11-30T10:00:00Z");
const DAY_MS = 86_400_000;
const me = (password_origin: Me["password_origin"], preferences: Me["preferences"] = {}): Me => ({
  id: 1,
  email: "ann@example.com",
  name: "Ann",
  is_admin: false,
  password_origin,
  preferences,
  csrf_token: "x",
});

it("asks for another password unless its person chose it", () => {
  expect(isPasswordAsked(me("own"), NOW)).toBe(false);
  expect(isPasswordAsked(me("given"), NOW)).toBe(true);
  expect(isPasswordAsked(me("printed"), NOW)).toBe(true);
});

it("lets a printed one wait for a day, a given one never", () => {
  const later = putOff(NOW);
  expect(isPasswordAsked(me("printed", later), NOW + DAY_MS - 1)).toBe(false);
  expect(isPasswordAsked(me("printed", later), NOW + DAY_MS)).toBe(true);
  expect(isPasswordAsked(me("given", later), NOW)).toBe(true);
});

it("asks where what was kept is no time", () => {
  for (const kept of ["tomorrow", 7, true]) {
    expect(isPasswordAsked(me("printed", { "password.askedAfter": kept }), NOW)).toBe(true);
  }
});
