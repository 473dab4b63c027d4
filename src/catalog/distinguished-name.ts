import { AsnConvert } from '@peculiar/asn1-schema'
import { type AttributeTypeAndValue, Name } from '@peculiar/asn1-x509'
import { attributeTypes } from './attribute-types.ts'

/** Writes a name in DER as RFC 4514 does: most specific first, `,` without a space. Null when it is empty. */
export function toDistinguishedName(der: ArrayBuffer): string | null {
  const parts = AsnConvert.parse(der, Name).map((name) => name.map(toText).reverse().join('+'))
  return parts.reverse().join(',') || null
}

/** What has no keyword, or is no text, stands as its DER in hex digits (RFC 4514, 2.4). */
function toText({ type, value }: AttributeTypeAndValue): string {
  const keyword = attributeTypes.get(type)
  const isText = keyword !== undefined && value.anyValue === undefined
  const der = () => `#${Buffer.from(AsnConvert.serialize(value)).toString('hex').toUpperCase()}`
  return `${keyword ?? type}=${isText ? escapeValue(value.toString()) : der()}`
}

/** The same name as RFC 4514 spells it, from a text with spaces after commas, or values in quotes (RFC 2253, 4). */
export function tidyDistinguishedName(text: string): string | null {
  const spell = (_match: string, quoted?: string, escaped?: string) =>
    quoted === undefined ? (escaped ?? ',') : `=${escapeValue(quoted.replace(/\\(\W)/g, '$1'))}`
  return text.trim().replace(/="((?:\\.|[^"\\])*)"|(\\.)|\s*,\s*/g, spell) || null
}

function escapeValue(value: string): string {
  return value.replace(/^[ #]|[\\",+<>;]| $/g, '\\$&').replace(/\p{Cc}/gu, toHexPair)
}

/** OpenSSL escapes all control characters of ASCII; RFC 4514 lets it, and asks for that of the first. */
function toHexPair(control: string): string {
  const code = control.charCodeAt(0)
  return code > 0x7f ? control : `\\${code.toString(16).toUpperCase().padStart(2, '0')}`
}
