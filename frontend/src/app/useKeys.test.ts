import { expect, test } from "vitest";
import { keyName } from "./useKeys.ts";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "shiftKey" | "altKey", boolean>> = {}) =>
  keyName({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

test("letters are the same with and without caps lock, Shift apart", () => {
  expect(press("v")).toBe("v");
  expect(press("V", { shiftKey: true })).toBe("shift+v");
});

test("Ctrl and Cmd are one", () => {
  expect(press("a", { ctrlKey: true })).toBe("mod+a");
  expect(press("a", { metaKey: true })).toBe("mod+a");
});

test("a sign has its Shift in itself", () => {
  expect(press("?", { shiftKey: true })).toBe("?");
  expect(press("/")).toBe("/");
});

test("named keys", () => {
  expect(press("Delete")).toBe("delete");
  expect(press("ArrowLeft", { shiftKey: true })).toBe("shift+left");
});
