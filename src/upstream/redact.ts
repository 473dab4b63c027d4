/** Takes every secret and all PEM out of a text: those it was made with, and `more` that came to be known since. */
export type Redact = (text: string, more?: readonly string[]) => string

/** Vendors quote what they were sent, keys included, in their errors. The spellings of a secret are made once. */
export function createRedactor(secrets: readonly string[]): Redact {
  const known = patternOf(secrets)
  return (text, more = []) => {
    const pattern = more.length === 0 ? known : patternOf([...secrets, ...more])
    // First the secrets: PEM is cut out up to a quote, which may stand in one, and half of it would stay.
    return withoutPem(pattern ? text.replaceAll(pattern, '[redacted]') : text)
  }
}

/**
 * A text without the PEM that somebody quotes in it, whole, cut off, or line by line: it may be a private key in the wrong
 * place. Beside a mark of PEM, or the first line of a key, whatever could be a line of it is taken for one.
 */
function withoutPem(text: string): string {
  if (!/-----(?:BEGIN|END) /.test(text) && !firstLine.test(text)) return text
  return text
    .replaceAll(/-----BEGIN [^-"]{1,40}-----[^"]*?(?:-----END [^-"]{1,40}-----|(?=")|$)/g, '[PEM]')
    .replaceAll(/[\w+/]{16,}={0,2}|[\w+/]+={1,2}(?![\w=])/g, '[PEM]')
    .replaceAll(/[\w+/]{1,15}(?=(?:[\r\n]|\\[rn])+-----END )/g, '[PEM]')
}

/** All that PEM is made for is a sequence in DER, whose first two bytes read so whatever its length. */
const firstLine = /(?<![\w+/]|\\)(?:\\[rn])*M[A-P][\w+/]{40,}/

/** The longest first: of a secret that begins with another one, the rest would stay. */
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
