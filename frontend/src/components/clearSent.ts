/** Empties a field of what was sent from it; what was typed since then stays: `setName(clearSent(sent.name))`. */
export function clearSent(sent: string): (typed: string) => string {
  return (typed) => (typed === sent ? "" : typed);
}
