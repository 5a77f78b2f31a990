// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { startI18n } from "../../../app/i18n.ts";
import type { Editor } from "../../../editor/editor.ts";
import { instanceOf, key, makeEditor, SQUARE } from "../../../editor/editorTesting.ts";
import { ObjectList } from "./ObjectList.tsx";

const ROW = 32;
const HEIGHT = 8 * ROW;

beforeAll(async () => {
  await startI18n();
  // happy-dom lays nothing out: the list is as high as eight rows
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { get: () => HEIGHT });
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { get: () => 224 });
});

afterEach(cleanup);

function editorOf(count: number) {
  return makeEditor(Array.from({ length: count }, (_, i) => instanceOf(`o${i}`, SQUARE)));
}

const toggle = vi.fn();

function listOf(editor: Editor, isMarked = false) {
  return <ObjectList editor={editor} background={{ isMarked, toggle }} colorOf={() => "#e69f00"} />;
}

function renderList(count: number) {
  const editor = editorOf(count);
  render(listOf(editor));
  return editor;
}

const rows = () => screen.getAllByText(/^fig \d+$/);

test("of a thousand objects only the rows in sight are made", () => {
  renderList(1000);
  expect(screen.getByText("1000")).toBeDefined();
  expect(rows().length).toBeGreaterThanOrEqual(8);
  expect(rows().length).toBeLessThan(20);
}, 30_000);

test("an object chosen in the list is brought into view", () => {
  const editor = renderList(3);
  const heard: string[] = [];
  editor.subscribe((aspect) => heard.push(aspect));
  act(() => rows()[1]?.click());
  expect(editor.selectedId).toBe("o1");
  expect(heard).toContain("chosen");
});

test("a row knows which object it shows after the one before it went", () => {
  const editor = renderList(3);
  act(() => {
    editor.select("o0");
    key(editor, "Delete");
  });
  expect(rows()).toHaveLength(2);
  act(() => rows()[0]?.click());
  expect(editor.selectedId).toBe("o1");
});

test("of the tools only those of rows are made that are chosen, pointed at or focused", () => {
  const editor = renderList(4);
  const withTools = () => screen.queryAllByLabelText(/^Delete /).map((tool) => tool.getAttribute("aria-label"));
  expect(withTools()).toEqual([]);
  act(() => editor.select("o0"));
  fireEvent.pointerEnter(rows()[1] as HTMLElement);
  fireEvent.focus(rows()[2] as HTMLElement);
  expect(withTools()).toEqual(["Delete fig 1", "Delete fig 2", "Delete fig 3"]);
});

test("what is searched for can be seen and cleared on an image with few objects, too", () => {
  const { rerender } = render(listOf(editorOf(20)));
  const search = () => screen.getByRole("searchbox");
  fireEvent.change(search(), { target: { value: "fig 19" } });
  expect(rows()).toHaveLength(1);
  rerender(listOf(editorOf(3)));
  expect(screen.queryAllByText(/^fig \d+$/)).toEqual([]);
  fireEvent.change(search(), { target: { value: "" } });
  expect(rows()).toHaveLength(3);
});

test("an image without objects can be said to have nothing on it, and tells so then", () => {
  const editor = editorOf(0);
  const { rerender } = render(listOf(editor));
  const button = () => screen.getByRole("button", { name: "Nothing on this image" });
  expect(button().getAttribute("aria-pressed")).toBe("false");
  expect(screen.getByText(/^Nothing is labeled yet/)).toBeDefined();
  act(() => button().click());
  expect(toggle).toHaveBeenCalledOnce();
  rerender(listOf(editor, true));
  expect(button().getAttribute("aria-pressed")).toBe("true");
  expect(screen.getByText(/^Looked at, nothing to label/)).toBeDefined();
  rerender(listOf(editorOf(1), true));
  expect(screen.queryByRole("button", { name: /^Nothing on this image/ })).toBeNull();
});
