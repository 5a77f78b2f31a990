/** A file that was moved or deleted since it was chosen looks like a broken connection when it is sent. */
export async function isReadable(file: Blob): Promise<boolean> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

export function unreadableReason(name: string): string {
  return `${name} cannot be read any more. It was moved, changed or deleted; choose it again.`;
}
