// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { actionFor, DEFAULT_KEYS } from "../../../editor/keys.ts";
import { isTaken, keyEventOf } from "./useKeys.ts";

/** The keys that the element with the focus leaves to the editor. */
function left(html: string, ...keys: string[]): string[] {
  document.body.innerHTML = html;
  const focused = document.querySelector("[data-focus]");
  if (!focused) throw new Error("nothing has the focus");
  return keys.filter((key) => {
    let taken = true;
    const listen = (event: KeyboardEvent) => {
      taken = isTaken(event);
    };
    window.addEventListener("keydown", listen, { once: true });
    focused.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    return !taken;
  });
}

const KEYS = ["Enter", " ", "ArrowRight", "PageUp", "n"];

afterEach(() => document.body.replaceChildren());

test("a button that was clicked takes what presses it, and the arrows go on from image to image", () => {
  expect(left("<button data-focus>History</button>", ...KEYS)).toEqual(["ArrowRight", "PageUp", "n"]);
  const rail = '<div role="toolbar" aria-orientation="vertical"><button data-focus>Edit</button></div>';
  expect(left(rail, ...KEYS)).toEqual(["ArrowRight", "PageUp", "n"]);
});

test("sliders, choices and toolbars keep their arrows; fields, menus and dialogs keep all", () => {
  expect(left('<input type="range" data-focus>', ...KEYS)).toEqual(["Enter", "n"]);
  const choice = '<div role="radiogroup"><button role="radio" data-focus>Polygon</button></div>';
  expect(left(choice, ...KEYS)).toEqual(["n"]);
  expect(left('<div role="toolbar"><button data-focus>A</button></div>', ...KEYS)).toEqual(["n"]);
  for (const html of [
    "<input data-focus>",
    '<div role="menu"><div role="menuitem" data-focus>Cut</div></div>',
    '<div role="dialog"><button data-focus>Close</button></div>',
  ]) {
    expect(left(html, ...KEYS)).toEqual([]);
  }
});

test("the editor's keys work on a keyboard that writes another script", () => {
  const undo = new KeyboardEvent("keydown", { key: "я", code: "KeyZ", ctrlKey: true });
  expect(actionFor(keyEventOf(undo), "polygon", DEFAULT_KEYS)).toBe("undo");
});
