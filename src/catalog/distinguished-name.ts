import { attributeTypes } from './attribute-types.ts'
import { type DerElement, expectTag, readElement, readMembers, readObjectIdentifier, tags } from './x509/der.ts'
import { readText } from './x509/text.ts'

/**
 * A name in DER → RFC 4514: most specific part first, no space after commas. Null when it is empty.
 * @throws when it is not a name
 */
export function toDistinguishedName(der: Buffer): string | null {
  const parts = readMembers(expectTag(readElement(der), tags.sequence)).map((part) =>
    readMembers(expectTag(part, tags.set)).map(toText).reverse().join('+'),
  )
  // A part without a value has no spelling. OpenSSL leaves it out too.
  const spelled = parts.filter((part) => part !== '')
  return spelled.reverse().join(',') || null
}

/** Values of unknown types, and values that are not text, are written as their DER in hex digits (RFC 4514, 2.4). */
function toText(attribute: DerElement): string {
  const [type, value] = readMembers(attribute)
  if (!type || !value) throw new Error('an attribute without a type or a value')
  const id = readObjectIdentifier(type)
  const keyword = attributeTypes.get(id)
  const text = keyword === undefined ? null : readText(value)
  return `${keyword ?? id}=${text === null ? `#${value.encoded.toString('hex')}` : escapeValue(text)}`
}

/** More characters than any real name has. */
const maxTidiedLength = 10_000

/**
 * A name with spaces after commas or with values in quotes (RFC 2253, 4) → RFC 4514. Null when it is empty. A very long text
 * is returned unchanged.
 */
export function tidyDistinguishedName(text: string): string | null {
  if (text.length > maxTidiedLength) return text
  const unquote = (_match: string, quoted?: string, kept?: string) =>
    quoted === undefined ? (kept ?? ',') : `=${escapeValue(quoted.replace(/\\(\W)/g, '$1'))}`
  // The text is matched from left to right: `\s*,` alone would look for a comma from each space of a long run.
  return text.trim().replace(/="((?:\\.|[^"\\])*)"|(\\.|\s+(?![\s,]))|\s*,\s*/g, unquote) || null
}

function escapeValue(value: string): string {
  return value.replace(/^[ #]|[\\",+<>;]| $/g, '\\$&').replace(/\p{Cc}/gu, toHexPair)
}

/** Escapes the ASCII control characters, as OpenSSL does. RFC 4514 requires this of NUL and allows it of the others. */
function toHexPair(control: string): string {
  const code = control.charCodeAt(0)
  return code > 0x7f ? control : `\\${code.toString(16).toUpperCase().padStart(2, '0')}`
}
