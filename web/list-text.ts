/** A list in one line. Null when the vendor does not report it. */
export const toListText = (values: readonly string[] | null): string | null =>
  values === null ? null : values.length === 0 ? 'None' : values.join(', ')
