/** A longer text is hardly the same in many rows. */
const maxLength = 200
const maxValues = 1_000

/**
 * Returns the same value for equal texts. Most rows of a vendor have one of a few texts in some members, such as the issuer:
 * they share it, and it is converted once. The values of a bounded number of texts are kept.
 */
export function shareValues<Value>(toValue: (text: string) => Value): (text: string) => Value {
  const values = new Map<string, Value>()
  let last: { readonly text: string; readonly value: Value } | null = null
  return (text) => {
    // Most often it is that of the row before. To look for another one takes longer: its hash has to be computed.
    if (text === last?.text) return last.value
    const known = values.get(text)
    if (known !== undefined) {
      last = { text, value: known }
      return known
    }
    const value = toValue(text)
    if (text.length > maxLength) return value
    if (values.size === maxValues) values.clear()
    values.set(text, value)
    return value
  }
}

/** The other list, when it has the same texts: then only one of them is kept. */
export function shareTexts(texts: readonly string[], other: readonly string[]): readonly string[] {
  return texts.length === other.length && texts.every((text, index) => text === other[index]) ? other : texts
}
