/** The most characters of an idempotency key. */
const maxIdempotencyKeyLength = 255

/** What an idempotency key is, for messages. */
export const idempotencyKeyExpected = `1 to ${maxIdempotencyKeyLength} printable ASCII characters`

/**
 * Why a text cannot be an idempotency key; null if it can. It is logged and compared as it is, so other characters would
 * only confuse.
 */
export function findKeyProblem(text: string): string | null {
  if (text === '') return 'no characters'
  if (text.length > maxIdempotencyKeyLength) return `${text.length} characters`
  const index = text.search(/[^ -~]/)
  if (index === -1) return null
  const code = (text.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return `U+${code} as character ${index + 1}`
}
