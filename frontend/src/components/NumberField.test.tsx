// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { I18nProvider } from "react-aria-components";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { startI18n } from "../app/i18n.ts";
import { NumberField } from "./NumberField.tsx";

beforeAll(startI18n);
afterEach(cleanup);

function renderField(locale: string, formatOptions: Intl.NumberFormatOptions = {}) {
  const onChange = vi.fn();
  render(
    <I18nProvider locale={locale}>
      <NumberField label="Minutes" defaultValue={8} onChange={onChange} formatOptions={formatOptions} />
    </I18nProvider>,
  );
  const field = screen.getByRole("textbox");
  const enter = async (text: string) => {
    await userEvent.clear(field);
    await userEvent.type(field, text);
    await userEvent.tab();
    return onChange.mock.lastCall?.[0];
  };
  return { field, enter };
}

test.each([
  ["en-US", "1,5", 1.5],
  ["en-US", "1.5", 1.5],
  ["de-DE", "1.5", 1.5],
  ["de-DE", "1,5", 1.5],
  ["en-US", "1,5,2", 1.52],
  ["en-US", "1500", 1500],
])("in %s %s is %d", async (locale, text, value) => {
  expect(await renderField(locale).enter(text)).toBe(value);
});

test("a number that is pasted may have a comma, too", async () => {
  const { field } = renderField("en-US");
  await userEvent.clear(field);
  await userEvent.paste("2,25");
  expect(field).toHaveProperty("value", "2.25");
});

test("a whole number's field says why it took no sign, until the number is mended", async () => {
  const { field, enter } = renderField("en-US", { maximumFractionDigits: 0 });
  const reason = () => screen.queryByText("Whole numbers only.");
  expect(await enter("1,5")).toBe(15);
  expect(reason()).not.toBeNull();
  await userEvent.type(field, "{Backspace}", { initialSelectionStart: 2 });
  expect(reason()).toBeNull();
  await userEvent.type(field, ".");
  expect(reason()).not.toBeNull();
  (field as HTMLInputElement).select();
  await userEvent.keyboard("7");
  expect(reason()).toBeNull();
  await userEvent.keyboard(",");
  expect(reason()).not.toBeNull();
  await userEvent.tab();
  await userEvent.click(field);
  expect(reason()).toBeNull();
});
