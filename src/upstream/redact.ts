/** Takes every secret and all PEM out of a text: those it was made with, and `more` that came to be known since. */
export type Redact = (text: string, more?: readonly string[]) => string

/** Vendors quote what they were sent, keys included, in their errors. The spellings of a secret are made once. */
export function createRedactor(secrets: readonly string[]): Redact {
  const known = spellingsOf(secrets)
  return (text, more = []) => {
    // The longest first: of a secret that begins with another one, the rest would stay.
    const spellings = [...known, ...spellingsOf(more)].sort((a, b) => b.length - a.length)
    return spellings.reduce((safe, spelling) => safe.replaceAll(spelling, '[redacted]'), withoutPem(text))
  }
}

/**
 * A text without the PEM that somebody quotes in it, whole, cut off, or line by line: it may be a private key in the wrong
 * place. Beside a mark of PEM, whatever could be a line of it is taken for one.
 */
function withoutPem(text: string): string {
  if (!/-----(?:BEGIN|END) /.test(text)) return text
  return text
    .replaceAll(/-----BEGIN [^-"]{1,40}-----[^"]*?(?:-----END [^-"]{1,40}-----|(?=")|$)/g, '[PEM]')
    .replaceAll(/[\w+/]{16,}={0,2}|[\w+/]+={1,2}(?![\w=])/g, '[PEM]')
}

function spellingsOf(secrets: readonly string[]): readonly string[] {
  return secrets.filter(Boolean).flatMap((secret) => [secret, formEncoded(secret), inJson(secret)])
}

function inJson(secret: string): string {
  return JSON.stringify(secret).slice(1, -1)
}

function formEncoded(secret: string): string {
  return new URLSearchParams([['', secret]]).toString().slice(1)
}
