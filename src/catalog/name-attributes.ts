/** The attributes of a distinguished name by keyword in upper case, such as `CN`: the one that certificate tools show. */
export type NameAttributes = ReadonlyMap<string, string>

/** More characters than any real name has. */
const maxLength = 10_000

/**
 * Reads the attributes of a name in RFC 4514, most specific part first. Of several with one type, `CN` is the most specific
 * one and any other the most general one, as Go's crypto/x509 has them.
 */
export function parseNameAttributes(name: string): NameAttributes {
  const attributes = new Map<string, string>()
  for (const part of splitParts(name.slice(0, maxLength))) {
    const equals = part.indexOf('=')
    if (equals === -1) continue
    const keyword = part.slice(0, equals).trim().toUpperCase()
    if (keyword === 'CN' && attributes.has(keyword)) continue
    attributes.set(keyword, unescapeValue(part.slice(equals + 1)))
  }
  return attributes
}

/** Splits at commas and plus signs that are not escaped. */
function splitParts(name: string): readonly string[] {
  const parts: string[] = []
  let start = 0
  for (let index = 0; index < name.length; index += 1) {
    const character = name[index]
    if (character === '\\') index += 1
    else if (character === ',' || character === '+') {
      parts.push(name.slice(start, index))
      start = index + 1
    }
  }
  return [...parts, name.slice(start)]
}

/** Pairs of hex digits are bytes of UTF-8 (RFC 4514, 2.4). */
function unescapeValue(value: string): string {
  if (!value.includes('\\')) return value
  return value.replace(/((?:\\[0-9A-Fa-f]{2})+)|\\(.)/g, (_match, bytes?: string, character?: string) =>
    bytes === undefined ? (character ?? '') : Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString(),
  )
}
