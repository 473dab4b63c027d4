/** Removes PEM and secrets from a text: the secrets that the redactor was created with, and `more` that are newer. */
export type Redact = (text: string, more?: readonly string[]) => string

/** Creates a redactor. Vendors quote requests in their errors, keys included. */
export function createRedactor(secrets: readonly string[]): Redact {
  const known = patternOf(secrets)
  return (text, more = []) => {
    const pattern = more.length === 0 ? known : patternOf([...secrets, ...more])
    // Secrets first: PEM is removed up to a quote, a secret may contain one, and its second half would stay.
    return withoutPem(pattern ? text.replaceAll(pattern, '[redacted]') : text)
  }
}

/**
 * Removes quoted PEM, complete, truncated, or line by line: it may be a private key in the wrong place. In a text with a
 * BEGIN or END line, or the first line of a key, everything that looks like a line of PEM is removed.
 */
function withoutPem(text: string): string {
  if (!/-----(?:BEGIN|END) /.test(text) && !firstLine.test(text)) return text
  return text
    .replaceAll(/-----BEGIN [^-"]{1,40}-----[^"]*?(?:-----END [^-"]{1,40}-----|(?=")|$)/g, '[PEM]')
    .replaceAll(/[\w+/]{16,}={0,2}|[\w+/]+={1,2}(?![\w=])/g, '[PEM]')
    .replaceAll(/[\w+/]{1,15}(?=(?:[\r\n]|\\[rn])+-----END )/g, '[PEM]')
}

/** Every key and certificate is a DER sequence. This is how its first two bytes begin in base64, whatever its length. */
const firstLine = /(?<![\w+/]|\\)(?:\\[rn])*M[A-P][\w+/]{40,}/

/** Longest first: if one secret begins with another, the rest of it would stay. */
function patternOf(secrets: readonly string[]): RegExp | null {
  const spellings = secrets.filter(Boolean).flatMap((secret) => [secret, formEncoded(secret), inJson(secret)])
  if (spellings.length === 0) return null
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map(escaped).join('|'), 'g')
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

function inJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1)
}

function formEncoded(secret: string): string {
  return new URLSearchParams([['', secret]]).toString().slice(1)
}
