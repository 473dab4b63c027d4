/** The most characters of an idempotency key. */
const maxIdempotencyKeyLength = 255

/** What an idempotency key is, for messages. */
export const idempotencyKeyExpected = `1 to ${maxIdempotencyKeyLength} printable ASCII characters`

/** Whether a text can identify a request: it is logged and compared as it is, so other characters would only confuse. */
export function isIdempotencyKey(text: string): boolean {
  return text.length <= maxIdempotencyKeyLength && /^[ -~]+$/.test(text)
}
