/** Attribute types as RFC 4514 and OpenSSL abbreviate them, where the parser uses another word or the bare OID. */
const keywords: Readonly<Record<string, string>> = {
  E: 'emailAddress',
  G: 'GN',
  I: 'initials',
  T: 'title',
  '2.5.4.5': 'serialNumber',
  '2.5.4.9': 'street',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
}

/** One relative distinguished name per element, in the order of the certificate; several types in one are multi-valued. */
export type RelativeDistinguishedNames = readonly Readonly<Record<string, readonly string[]>>[]

/** Writes a name as RFC 4514 does: most specific first, `,` without a space. Null when it is empty. */
export function toDistinguishedName(names: RelativeDistinguishedNames): string | null {
  const parts = names.map((name) =>
    Object.entries(name)
      .flatMap(([type, values]) => values.map((value) => `${keywords[type] ?? type}=${escapeValue(value)}`))
      .reverse()
      .join('+'),
  )
  return parts.reverse().join(',') || null
}

/** The same name as RFC 4514 spells it, from a text with spaces after commas, or values in quotes (RFC 2253, 4). */
export function tidyDistinguishedName(text: string): string | null {
  const spell = (_match: string, quoted?: string, escaped?: string) =>
    quoted === undefined ? (escaped ?? ',') : `=${escapeValue(quoted.replace(/\\(\W)/g, '$1'))}`
  return text.trim().replace(/="((?:\\.|[^"\\])*)"|(\\.)|\s*,\s*/g, spell) || null
}

function escapeValue(value: string): string {
  return value.replace(/^[ #]|[\\",+<>;]| $/g, '\\$&').replaceAll('\0', '\\00')
}
