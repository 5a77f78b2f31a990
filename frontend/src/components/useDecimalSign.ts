import { type RefObject, useEffect, useState } from "react";
import { useLocale } from "react-aria-components";

/**
 * In a number's field a comma and a point are both the decimal sign, whichever the person's language has.
 *
 * @returns Whether a sign was refused, as the number is a whole one: until some of it is deleted or replaced, or the field is come back to.
 */
export function useDecimalSign(field: RefObject<HTMLElement | null>, isWhole: boolean): boolean {
  const { locale } = useLocale();
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    const sign = decimalSign(locale);
    const take = (event: Event, text: string) => {
      if (!(event.target instanceof HTMLInputElement)) return;
      const beside = besideSelection(event.target);
      const isSigned = /^\s*\d*[.,]\d*\s*$/.test(text);
      if (isWhole) setRefused((was) => isSigned || (was && beside !== ""));
      if (isWhole || !isSigned || text.includes(sign) || beside.includes(sign)) return;
      event.preventDefault();
      event.stopPropagation();
      replaceSelection(event.target, text.trim().replace(/[.,]/, sign));
    };
    const typed = (event: InputEvent) => {
      if (event.inputType.startsWith("delete")) setRefused(false);
      else take(event, event.data ?? "");
    };
    const pasted = (event: ClipboardEvent) => take(event, event.clipboardData?.getData("text/plain") ?? "");
    const controller = new AbortController();
    // before the field itself, which refuses a sign of another language
    const options = { capture: true, signal: controller.signal };
    field.current?.addEventListener("beforeinput", typed, options);
    field.current?.addEventListener("paste", pasted, options);
    field.current?.addEventListener("focusin", () => setRefused(false), options);
    return () => controller.abort();
  }, [field, isWhole, locale]);
  return isRefused;
}

function decimalSign(locale: string): string {
  return new Intl.NumberFormat(locale).formatToParts(0.5).find(({ type }) => type === "decimal")?.value ?? ".";
}

function besideSelection({ value, selectionStart, selectionEnd }: HTMLInputElement): string {
  return value.slice(0, selectionStart ?? 0) + value.slice(selectionEnd ?? 0);
}

function replaceSelection(input: HTMLInputElement, text: string): void {
  input.setRangeText(text, input.selectionStart ?? 0, input.selectionEnd ?? 0, "end");
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
