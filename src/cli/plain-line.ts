/** Longer names are cut. */
const maxLength = 100

/** A name of a vendor on one line: without control characters, line breaks and marks that change the direction of text. */
export function toLine(text: string, length = maxLength): string {
  const line = text
    .slice(0, 4 * length)
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
  return line.length > length ? `${line.slice(0, length - 3).replace(/\p{Cs}$/u, '')}...` : line
}

/** The same in plain ASCII. Letters lose their accents. */
export function toAscii(text: string, length = maxLength): string {
  const letters = toLine(text, length).normalize('NFKD').replace(/\p{M}/gu, '')
  return letters.replace(/[^\x20-\x7e]/gu, '?').slice(0, length)
}
