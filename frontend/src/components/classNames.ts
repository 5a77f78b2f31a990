/** Joins what is set: classNames(styles.row, isChosen && styles.chosen). */
export function classNames(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
