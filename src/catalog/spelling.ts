/** Serial number as an even number of lower-case hex digits without leading zero bytes; null when it is no hex number. */
export function hexSerial(text: string): string | null {
  const digits = hexDigits(text)
  if (digits === null) return null
  const significant = digits.replace(/^0+(?=.)/, '')
  return significant.length % 2 === 0 ? significant : `0${significant}`
}

/** SHA-256 fingerprint as 64 lower-case hex digits; null when it is anything else. */
export function hexFingerprint(text: string): string | null {
  const digits = hexDigits(text)
  return digits?.length === 64 ? digits : null
}

/** Names without duplicates, in their first order. */
export function toSubjectAltNames(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

/** The comparable form of a name: neither case, nor Unicode's several spellings of one letter, nor a locale matter. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/** An IPv6 address in the one spelling of RFC 5952; any other name as it is. */
export function spellAddress(name: string): string {
  const url = `http://[${name}]`
  return /^[0-9a-f:.]+$/.test(name) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : name
}

const hex = /^[0-9a-f]+$/

function hexDigits(text: string): string | null {
  const digits = text.toLowerCase().replaceAll(':', '')
  // Nearly all are done here; what is left has spaces or 0x in it, as people write them, or is no hex number.
  if (hex.test(digits)) return digits
  const bare = digits.replace(/^\s*0x|\s/g, '')
  return hex.test(bare) ? bare : null
}
