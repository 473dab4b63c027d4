import { AsnConvert } from '@peculiar/asn1-schema'
import { type AttributeTypeAndValue, Name } from '@peculiar/asn1-x509'

/** Attribute types as RFC 4514 and OpenSSL abbreviate them. */
const keywords: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.20': 'telephoneNumber',
  '2.5.4.41': 'name',
  '2.5.4.42': 'GN',
  '2.5.4.43': 'initials',
  '2.5.4.44': 'generationQualifier',
  '2.5.4.45': 'x500UniqueIdentifier',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.65': 'pseudonym',
  '2.5.4.72': 'role',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.2.840.113549.1.9.2': 'unstructuredName',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
  '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
}

/** Writes a name in DER as RFC 4514 does: most specific first, `,` without a space. Null when it is empty. */
export function toDistinguishedName(der: ArrayBuffer): string | null {
  const parts = AsnConvert.parse(der, Name).map((name) => name.map(toText).reverse().join('+'))
  return parts.reverse().join(',') || null
}

/** What has no keyword, or is no text, stands as its DER in hex digits (RFC 4514, 2.4). */
function toText({ type, value }: AttributeTypeAndValue): string {
  const keyword = keywords[type]
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
  return value.replace(/^[ #]|[\\",+<>;]| $/g, '\\$&').replaceAll('\0', '\\00')
}
