import { expect, test } from "vitest";
import { firstPassword } from "./firstPassword.ts";

test("first passwords are long, differ, and have no letters that look alike", () => {
  const passwords = Array.from({ length: 200 }, firstPassword);
  expect(new Set(passwords).size).toBe(200);
  for (const password of passwords) expect(password).toMatch(/^[a-km-zA-HJ-NP-Z2-9]{16}$/);
});
