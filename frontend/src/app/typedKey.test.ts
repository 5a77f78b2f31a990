// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import { typedKey } from "./typedKey.ts";
import { keyName } from "./useKeys.ts";

afterEach(() => vi.unstubAllGlobals());

function press(key: string, code: string, held: KeyboardEventInit = {}): string {
  const event = new KeyboardEvent("keydown", { key, code, ...held });
  event.getModifierState = (name) => name === "AltGraph" && held.modifierAltGraph === true;
  return keyName(typedKey(event));
}

test("keys of another script are named as on a US keyboard", () => {
  expect(press("т", "KeyN")).toBe("n");
  expect(press("Я", "KeyZ", { ctrlKey: true, shiftKey: true })).toBe("mod+shift+z");
  expect(press("х", "BracketLeft")).toBe("[");
  expect(press("Б", "Comma", { shiftKey: true })).toBe("<");
  expect(press("ν", "KeyN")).toBe("n");
});

test("Latin keyboards go by what is printed on the keys", () => {
  expect(press("z", "KeyY", { ctrlKey: true })).toBe("mod+z");
  expect(press("a", "KeyQ")).toBe("a");
  expect(press("1", "Digit1", { shiftKey: true })).toBe("1");
  expect(press("ö", "Semicolon")).toBe("ö");
});

test("AltGr and a Mac's Option make the character, and are not held with it", () => {
  const altGr = { ctrlKey: true, altKey: true, modifierAltGraph: true };
  expect(press("[", "Digit8", altGr)).toBe("[");
  expect(press("ą", "KeyA", altGr)).toBe("ą");
  expect(press("[", "Digit5", { altKey: true })).toBe("alt+[");
  vi.stubGlobal("navigator", { platform: "MacIntel" });
  expect(press("[", "Digit5", { altKey: true })).toBe("[");
  expect(press("ArrowLeft", "ArrowLeft", { altKey: true })).toBe("alt+left");
});
