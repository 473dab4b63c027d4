/** Replaces every secret in a text. Vendors quote what they were sent, keys included, in their errors. */
export function redact(text: string, secrets: readonly string[]): string {
  const spellings = secrets.filter(Boolean).flatMap((secret) => [secret, formEncoded(secret), inJson(secret)])
  // The longest first: of a secret that begins with another one, the rest would stay.
  spellings.sort((a, b) => b.length - a.length)
  return spellings.reduce((safe, spelling) => safe.replaceAll(spelling, '[redacted]'), text)
}

function inJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1)
}

function formEncoded(secret: string): string {
  return new URLSearchParams([['', secret]]).toString().slice(1)
}
