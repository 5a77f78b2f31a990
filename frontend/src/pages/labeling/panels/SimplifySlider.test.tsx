// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startI18n } from "../../../app/i18n.ts";
import type { Editor } from "../../../editor/editor.ts";
import { instanceOf, makeEditor, polygonOf } from "../../../editor/editorTesting.ts";
import { type Instance, shapePoints } from "../../../editor/instance.ts";
import { useEditor } from "../work/useEditor.ts";
import { SimplifySlider } from "./SimplifySlider.tsx";

beforeAll(startI18n);
afterEach(cleanup);

/** A rectangle with three corners more, some pixels off one side. */
const ROUGH = polygonOf([10, 10], [30, 9], [50, 12], [70, 7], [90, 10], [90, 70], [10, 70]);

function Shown({ editor }: { editor: Editor }) {
  useEditor(editor, "document");
  return <SimplifySlider editor={editor} instance={editor.document.get("a") as Instance} />;
}

function renderSlider() {
  const editor = makeEditor([instanceOf("a", ROUGH)]);
  render(<Shown editor={editor} />);
  const slider = screen.getByRole<HTMLInputElement>("slider");
  const press = (name: string, times: number) => {
    for (let i = 0; i < times; i++) fireEvent.keyDown(slider, { key: name });
    fireEvent.keyUp(slider, { key: name });
  };
  return {
    editor,
    press,
    value: () => Number(slider.value),
    points: () => shapePoints((editor.document.get("a") as Instance).shape),
  };
}

test("keys go on from where the slider is, and back to the outline before", () => {
  const { press, value, points } = renderSlider();
  press("ArrowRight", 8);
  expect([value(), points()]).toEqual([2, 6]);
  press("ArrowRight", 8);
  expect([value(), points()]).toEqual([4, 4]);
  press("Home", 1);
  expect([value(), points()]).toEqual([0, 7]);
});

test("a change in another way, undo above all, is what the slider starts from", () => {
  const { editor, press, value, points } = renderSlider();
  press("ArrowRight", 16);
  expect([value(), points()]).toEqual([4, 4]);
  act(() => {
    while (editor.canUndo) editor.undo();
  });
  expect([value(), points()]).toEqual([0, 7]);
});
