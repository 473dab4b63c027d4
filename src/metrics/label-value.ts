/** A resource of a vendor, such as `active certificates`, as a label. */
export function toResourceLabel(resource: string): string {
  return resource.replaceAll(' ', '_')
}

/** The characters of a label that a vendor's text may have. */
const maxLength = 256

/** Removes secrets from a text, and cuts it at the limit. */
export type Redact = (text: string, limit: number) => string

/** A text of a vendor as a label. */
export function toTextLabel(text: string | null | undefined, redact: Redact): string {
  return text ? redact(text, maxLength) : ''
}
