/** A serial number as lower-case hex bytes without leading zero bytes. Null when it is not a hex number. */
export function hexSerial(text: string): string | null {
  const digits = hexDigits(text)
  if (digits === null) return null
  const significant = digits.replace(/^0+(?=.)/, '')
  return significant.length % 2 === 0 ? significant : `0${significant}`
}

/** A SHA-256 fingerprint as 64 lower-case hex digits. Null when it is anything else. */
export function hexFingerprint(text: string): string | null {
  const digits = hexDigits(text)
  return digits?.length === 64 ? digits : null
}

/** Names without duplicates, in the order of their first occurrence. */
export function toSubjectAltNames(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

/** A name in a form for comparison: independent of case, Unicode composition and locale. */
export function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/** An IPv6 address in the spelling of RFC 5952. Any other name is returned unchanged. */
export function spellAddress(name: string): string {
  const url = `http://[${name}]`
  return /^[0-9a-f:.]+$/.test(name) && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : name
}

const hex = /^[0-9a-f]+$/

function hexDigits(text: string): string | null {
  const digits = text.toLowerCase().replaceAll(':', '')
  // Most texts match here. Texts typed by people may have spaces or start with 0x.
  if (hex.test(digits)) return digits
  const bare = digits.replace(/^\s*0x|\s/g, '')
  return hex.test(bare) ? bare : null
}
