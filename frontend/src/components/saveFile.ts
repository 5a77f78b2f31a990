/** Hands data to the browser as a download. */
export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the data by the next turn of its loop, at the latest when it asked where to save it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
