const PART_BYTES = 80;
// No file of Windows can be called so, whatever comes after a first dot.
// Source: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
const DEVICE = /^(CON|PRN|AUX|NUL|(COM|LPT)[0-9¹²³])(?=\.|$)/i;

/** A name that every system takes, by the rule of app/downloads.py: letters of any script stay, what else there is becomes hyphens. */
export function fileName(...parts: readonly string[]): string {
  return parts.map(namePart).filter(Boolean).join("-").replace(DEVICE, "$1_");
}

/** The same for those who know no letters but ASCII's. */
export function asciiName(name: string): string {
  const plain = name.normalize("NFKD").replace(/[^ -~]/g, "");
  return plain.replace(/[^A-Za-z0-9._]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
}

function namePart(name: string): string {
  const cut = firstBytes(hyphenated(name.normalize("NFC")), PART_BYTES);
  return cut.replace(/-+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
}

function hyphenated(name: string): string {
  return name.replace(/[^._+=%A-Za-z0-9\u{80}-\u{10ffff}]|[^\0-\x7f\p{L}\p{M}\p{N}\p{S}]/gu, "-");
}

function firstBytes(text: string, count: number): string {
  return new TextDecoder().decode(new TextEncoder().encode(text).slice(0, count), { stream: true });
}
