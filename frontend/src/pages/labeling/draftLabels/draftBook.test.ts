import { expect, test, vi } from "vitest";
import { deleteObjects } from "../../../editor/actions.ts";
import type { Editor } from "../../../editor/editor.ts";
import { instanceOf, makeEditor, SQUARE } from "../../../editor/editorTesting.ts";
import { DraftBook } from "./draftBook.ts";
import type { DraftLabel } from "./draftLabels.ts";

function draftOf(id: string, score: number, label = "fig"): DraftLabel {
  return { instance: { ...instanceOf(id, SQUARE, label), source: "model:fruit" }, score };
}

const FIG = draftOf("a", 0.9);
const DATE = draftOf("b", 0.6, "date");

function bookOf(editor: Editor, drafts: readonly DraftLabel[] = [FIG, DATE]) {
  const told: string[] = [];
  const ports = {
    reject: vi.fn(async (ids: readonly string[]) => void told.push(`reject ${ids}`)),
    restore: vi.fn(async (ids: readonly string[]) => void told.push(`restore ${ids}`)),
    rejectObject: vi.fn(async (id: string) => {
      told.push(`reject object ${id}`);
      return id !== "stranger";
    }),
    onFailed: vi.fn(),
  };
  const book = new DraftBook(editor, drafts, ports);
  book.follow();
  const open = () => book.open.map(({ instance }) => instance.id).join("");
  return { book, told, ports, open };
}

/** Lets the requests that are under way come back. */
const answered = () => new Promise((resolve) => setTimeout(resolve));

test("an accepted draft is an object of its id and source, and undo opens it again", async () => {
  const editor = makeEditor();
  const { book, told, open } = bookOf(editor);
  expect(book.accept([FIG])).toBe(1);
  expect(editor.document.get("a")).toEqual(FIG.instance);
  expect(open()).toBe("b");
  editor.undo();
  expect(editor.document.instances).toEqual([]);
  expect(open()).toBe("ab");
  editor.redo();
  expect(open()).toBe("b");
  await answered();
  expect(told).toEqual([]);
});

test("all are accepted in one step of the history", () => {
  const editor = makeEditor([instanceOf("x", SQUARE)]);
  const { book, open } = bookOf(editor);
  expect(book.accept(book.open)).toBe(2);
  expect(editor.document.instances.map(({ id }) => id)).toEqual(["x", "b", "a"]);
  editor.undo();
  expect(editor.document.instances.map(({ id }) => id)).toEqual(["x"]);
  expect(open()).toBe("ab");
});

test("a rejected draft is told of, and restored when that is taken back", async () => {
  const { book, told, open } = bookOf(makeEditor());
  book.reject([FIG]);
  expect(open()).toBe("b");
  await answered();
  book.restore([FIG]);
  expect(open()).toBe("ab");
  await answered();
  expect(told).toEqual(["reject a", "restore a"]);
});

test("a draft that was accepted and deleted is rejected; by undo it is an object again, then a draft", async () => {
  const editor = makeEditor();
  const { book, told, open } = bookOf(editor);
  book.accept([FIG]);
  deleteObjects(editor, ["a"]);
  expect(open()).toBe("b");
  await answered();
  editor.undo();
  expect(open()).toBe("b");
  await answered();
  editor.undo();
  expect(open()).toBe("ab");
  await answered();
  expect(told).toEqual(["reject a", "restore a"]);
});

test("an object that was a draft before this visit is rejected when it is deleted", async () => {
  const editor = makeEditor([FIG.instance, instanceOf("x", SQUARE)]);
  const { told, open } = bookOf(editor, [DATE]);
  deleteObjects(editor, ["a", "x"]);
  await answered();
  editor.undo();
  await answered();
  expect(told).toEqual(["reject object a", "restore a"]);
  expect(open()).toBe("b");
});

test("an object of a model that was no draft is asked about once", async () => {
  const editor = makeEditor([{ ...FIG.instance, id: "stranger" }]);
  const { told } = bookOf(editor);
  deleteObjects(editor, ["stranger"]);
  await answered();
  editor.undo();
  editor.redo();
  await answered();
  expect(told).toEqual(["reject object stranger"]);
});

test("what someone else deleted or changed rejects nothing", async () => {
  const editor = makeEditor([FIG.instance]);
  const { told } = bookOf(editor, []);
  editor.takeIn([editor.document.replace({ ...FIG.instance, label: "date" })]);
  editor.takeIn([editor.document.remove("a")]);
  await answered();
  expect(told).toEqual([]);
});

test("requests do not overtake each other", async () => {
  const { book, told, ports } = bookOf(makeEditor());
  let answer = () => {};
  ports.reject.mockImplementationOnce((ids) => {
    told.push(`reject ${ids}`);
    return new Promise<void>((resolve) => {
      answer = resolve;
    }) as Promise<undefined>;
  });
  book.reject([FIG]);
  book.restore([FIG]);
  book.reject([DATE]);
  expect(told).toEqual(["reject a"]);
  answer();
  await answered();
  expect(told).toEqual(["reject a", "reject b", "restore a"]);
});

test("a rejection that did not reach the server is shown as not done", async () => {
  const { book, ports, open } = bookOf(makeEditor());
  ports.reject.mockRejectedValueOnce(new Error("no connection"));
  book.reject([FIG]);
  await answered();
  expect(open()).toBe("ab");
  expect(ports.onFailed).toHaveBeenCalledOnce();
});

test("a draft whose label the project has no more stays one", () => {
  const editor = makeEditor();
  const { book, open } = bookOf(editor, [FIG, draftOf("c", 0.5, "plum")]);
  expect(book.accept(book.open)).toBe(1);
  expect(open()).toBe("c");
});
