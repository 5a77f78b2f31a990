/**
 * A key press as shortcuts name it, whatever the keyboard is: the letters of a US one where it writes another script, and without the
 * modifiers that only made the character, as AltGr does "[" on a German keyboard. (Shift is left to whoever names keys.)
 */
export type TypedKey = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

export function typedKey(event: KeyboardEvent): TypedKey {
  const { ctrlKey, metaKey, shiftKey, altKey } = event;
  const isCharacter = event.key.length === 1;
  // Windows reports AltGr as Ctrl with Alt; a Mac's Option makes characters with every key
  const isAltGr = isCharacter && event.getModifierState("AltGraph");
  const isOption = isCharacter && /Mac/.test(navigator.platform);
  return {
    key: isAltGr ? event.key : latinKey(event),
    ctrlKey: ctrlKey && !isAltGr,
    metaKey,
    shiftKey,
    altKey: altKey && !isAltGr && !isOption,
  };
}

function latinKey({ key, code, shiftKey }: KeyboardEvent): string {
  if (!/^\p{L}$/u.test(key) || /^\p{Script=Latin}$/u.test(key)) return key;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  if (letter) return shiftKey ? letter : letter.toLowerCase();
  return SIGNS[code]?.charAt(shiftKey ? 1 : 0) ?? key;
}

/** What the other keys of a US keyboard write, without Shift and with it, that are letters in other scripts. */
const SIGNS: Readonly<Record<string, string>> = {
  BracketLeft: "[{",
  BracketRight: "]}",
  Comma: ",<",
  Period: ".>",
  Slash: "/?",
  Semicolon: ";:",
  Quote: "'\"",
  Backquote: "`~",
};
