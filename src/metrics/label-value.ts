/** A resource of a vendor, such as `active certificates`, as a label. */
export function toResourceLabel(resource: string): string {
  return resource.replaceAll(' ', '_')
}

/** The characters of a label that a vendor's text may have. */
const maxLength = 256

/** Removes secrets from a text, and cuts it at the limit. */
export type Redact = (text: string, limit: number) => string

/** Whitespace other than a space, format characters, and characters without a form of their own. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/**
 * A text of a vendor as a label, on one line. Format characters, such as those that change the direction of a text, are left
 * out: a label is shown in alerts beside other texts. Labels of two certificates may become the same; their `discriminator`
 * differs.
 */
export function toTextLabel(text: string | null | undefined, redact: Redact): string {
  if (!text) return ''
  const label = redact(text, maxLength)
  // A secret may have been split by a character that is left out.
  return unprintable.test(label) ? redact(toPrintable(label), maxLength) : label
}

function toPrintable(text: string): string {
  return text
    .replace(/\p{Cf}/gu, '')
    .replace(/[\t-\r\x85\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cs}]/gu, '\ufffd')
}
