import { AsnConvert } from '@peculiar/asn1-schema'
import { type AttributeTypeAndValue, Name } from '@peculiar/asn1-x509'
import { attributeTypes } from './attribute-types.ts'

/** A name in DER → RFC 4514: most specific part first, no space after commas. Null when it is empty. */
export function toDistinguishedName(der: ArrayBuffer): string | null {
  const parts = AsnConvert.parse(der, Name).map((name) => name.map(toText).reverse().join('+'))
  return parts.reverse().join(',') || null
}

/** Values of unknown types, and values that are not text, are written as their DER in hex digits (RFC 4514, 2.4). */
function toText({ type, value }: AttributeTypeAndValue): string {
  const keyword = attributeTypes.get(type)
  const isText = keyword !== undefined && value.anyValue === undefined
  const der = () => `#${Buffer.from(AsnConvert.serialize(value)).toString('hex').toUpperCase()}`
  return `${keyword ?? type}=${isText ? escapeValue(value.toString()) : der()}`
}

/** A name with spaces after commas or with values in quotes (RFC 2253, 4) → RFC 4514. Null when it is empty. */
export function tidyDistinguishedName(text: string): string | null {
  const unquote = (_match: string, quoted?: string, escaped?: string) =>
    quoted === undefined ? (escaped ?? ',') : `=${escapeValue(quoted.replace(/\\(\W)/g, '$1'))}`
  return text.trim().replace(/="((?:\\.|[^"\\])*)"|(\\.)|\s*,\s*/g, unquote) || null
}

function escapeValue(value: string): string {
  return value.replace(/^[ #]|[\\",+<>;]| $/g, '\\$&').replace(/\p{Cc}/gu, toHexPair)
}

/** Escapes the ASCII control characters, as OpenSSL does. RFC 4514 requires this of NUL and allows it of the others. */
function toHexPair(control: string): string {
  const code = control.charCodeAt(0)
  return code > 0x7f ? control : `\\${code.toString(16).toUpperCase().padStart(2, '0')}`
}
