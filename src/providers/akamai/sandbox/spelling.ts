/** To the second, as the vendor writes it. */
export function expiryOf(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`
}

/** Serial numbers are in lower case. */
export function serialOf(digits: string): string {
  return digits.replaceAll(/..(?=.)/g, '$&:')
}

/** Fingerprints are in upper case. */
export function fingerprintOf(digits: string): string {
  return serialOf(digits).toUpperCase()
}
