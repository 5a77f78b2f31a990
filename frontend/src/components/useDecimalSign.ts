import { type RefObject, useEffect, useState } from "react";
import { useLocale } from "react-aria-components";

/**
 * In a number's field a comma and a point are both the decimal sign, whichever the person's language has.
 *
 * @returns Whether the last sign typed was refused, as the number is a whole one.
 */
export function useDecimalSign(field: RefObject<HTMLElement | null>, isWhole: boolean): boolean {
  const { locale } = useLocale();
  const [isRefused, setRefused] = useState(false);
  useEffect(() => {
    const sign = decimalSign(locale);
    const take = (event: Event, text: string) => {
      const isSigned = /^\s*\d*[.,]\d*\s*$/.test(text);
      setRefused(isWhole && isSigned);
      if (isWhole || !isSigned || text.includes(sign) || !(event.target instanceof HTMLInputElement)) return;
      if (besideSelection(event.target).includes(sign)) return;
      event.preventDefault();
      event.stopPropagation();
      replaceSelection(event.target, text.trim().replace(/[.,]/, sign));
    };
    const typed = (event: InputEvent) => take(event, event.data ?? "");
    const pasted = (event: ClipboardEvent) => take(event, event.clipboardData?.getData("text/plain") ?? "");
    const element = field.current;
    // before the field itself, which refuses a sign of another language
    element?.addEventListener("beforeinput", typed, { capture: true });
    element?.addEventListener("paste", pasted, { capture: true });
    return () => {
      element?.removeEventListener("beforeinput", typed, { capture: true });
      element?.removeEventListener("paste", pasted, { capture: true });
    };
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
