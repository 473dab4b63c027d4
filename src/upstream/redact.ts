import { type FoundKey, findPrivateKeys } from '../private-key.ts'

/**
 * Removes PEM and secrets from a text: the secrets that the redactor was created with, `more` that are newer, and the keys and
 * tokens that `certgraph key` creates, whose digests alone are configured. A text
 * longer than `limit` is cut there and ends with `…`. A secret across the limit is removed as a whole.
 */
export type Redact = (text: string, limit: number, more?: readonly string[]) => string

/** Creates a redactor. Vendors quote requests in their errors, keys included. Its time is linear in the length of a text. */
export function createRedactor(secrets: readonly string[]): Redact {
  const known = createSecretPattern(secrets)
  return (text, limit, more = []) => {
    const { pattern, longest } = more.length === 0 ? known : createSecretPattern([...secrets, ...more])
    const end = Math.min(text.length, limit)
    const whole = { text: text.slice(0, end + Math.max(longest, maxKeyLength)), end }
    // Secrets first: PEM is removed up to a quote, a secret may contain one, and its second half would stay.
    const safe = withoutPem(replaced(whole, whole.text.matchAll(pattern), '[redacted]'))
    return safe.text.slice(0, Math.min(safe.end, limit)) + (text.length > limit ? '…' : '')
  }
}

/** The secrets of all configurations that the process has had: those of an earlier one are still secrets. */
export class KnownSecrets {
  #list: readonly string[]
  /** How often secrets were added. */
  version = 0

  constructor(secrets: readonly string[] = []) {
    this.#list = secrets
  }

  get list(): readonly string[] {
    return this.#list
  }

  add(secrets: readonly string[]): void {
    const added = secrets.filter((secret) => !this.#list.includes(secret))
    if (added.length === 0) return
    this.#list = [...this.#list, ...added]
    this.version += 1
  }
}

/** A redactor of all secrets that are known when it is called. */
export function createCurrentRedactor(
  secrets: KnownSecrets,
  accepts: (secret: string) => boolean = () => true,
): Redact {
  let version = -1
  let redact: Redact
  return (text, limit, more) => {
    if (version !== secrets.version) {
      redact = createRedactor(secrets.list.filter(accepts))
      version = secrets.version
    }
    return redact(text, limit, more)
  }
}

/**
 * More characters than the PEM of any key. This much of a text is read beyond the limit: an END line shows that what is
 * before it is a key.
 */
const maxKeyLength = 16_384

/** A text of which only the part before `end` is returned. The rest shows what that part belongs to. */
interface Excerpt {
  readonly text: string
  readonly end: number
}

interface Range {
  readonly index: number
  /** The text at the index. */
  readonly 0: string
}

/** Replaces the ranges that start before the end. The end moves with the text. */
function replaced({ text, end }: Excerpt, ranges: Iterable<Range>, replacement: string): Excerpt {
  const parts: string[] = []
  let from = 0
  for (const { index, 0: found } of ranges) {
    if (index >= end) break
    parts.push(text.slice(from, index), replacement)
    from = index + found.length
  }
  const start = parts.join('')
  return { text: start + text.slice(from), end: start.length + Math.max(0, end - from) }
}

/**
 * Removes quoted PEM, complete, truncated, or line by line: it may be a private key in the wrong place. In a text with a
 * BEGIN or END line, a part of a key without them, or the first line of a key, everything that looks like a line of PEM is
 * removed.
 */
function withoutPem(whole: Excerpt): Excerpt {
  // Keys first: lines of PEM are longer than the parts of a key in base64url may be.
  const keys = findPrivateKeys(whole.text)
  const withoutKeys = replaced(whole, rangesOf(keys, whole.text), '[PEM]')
  const { text } = withoutKeys
  if (keys.every(({ isComplete }) => isComplete) && !/-----(?:BEGIN|END) /.test(text) && !firstLine.test(text))
    return withoutKeys
  const withoutBlocks = replaced(withoutKeys, blocksOf(withoutKeys.text), '[PEM]')
  const withoutLines = replaced(withoutBlocks, withoutBlocks.text.matchAll(keyLine), '[PEM]')
  return replaced(withoutLines, shortLastLines(withoutLines.text), '[PEM]')
}

/** The ranges of keys. What is between two of them and too short to be recognized as base64 is part of the first one. */
function rangesOf(keys: readonly FoundKey[], text: string): readonly Range[] {
  const ranges: { start: number; end: number }[] = []
  for (const { start, end } of keys) {
    const last = ranges.at(-1)
    if (last && start - last.end < minLineLength) last.end = Math.max(last.end, end)
    else ranges.push({ start, end })
  }
  return ranges.map(({ start, end }) => ({ index: start, 0: text.slice(start, end) }))
}

const beginLine = /-----BEGIN [^-"]{1,40}-----/g
const endLine = /-----END [^-"]{1,40}-----/g

/**
 * The blocks of PEM. One without an END line extends to the next quote, or to the end. An END line and a quote are not
 * searched for again while they are ahead: many BEGIN lines would each read the rest of the text.
 */
function* blocksOf(text: string): Generator<Range> {
  let end: { readonly index: number; readonly length: number } | undefined
  let quote = -1
  for (let from = 0; ; ) {
    const begin = findFrom(beginLine, text, from)
    if (begin.length === 0) return
    const body = begin.index + begin.length
    if (!end || end.index < body) end = findFrom(endLine, text, body)
    if (quote < body) quote = indexOrEnd(text, '"', body)
    from = Math.min(quote, end.index + end.length)
    yield { index: begin.index, 0: text.slice(begin.index, from) }
  }
}

/** Where a pattern is found first; at the end of the text, without a length, when there is none. */
function findFrom(pattern: RegExp, text: string, from: number): { readonly index: number; readonly length: number } {
  pattern.lastIndex = from
  const found = pattern.exec(text)
  return found ? { index: found.index, length: found[0].length } : { index: text.length, length: 0 }
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from)
  return index < 0 ? text.length : index
}

const minLineLength = 16
const keyLine = /[\w+/]{16,}={0,2}|[\w+/]+={1,2}(?![\w=])/g
/** Every key and certificate is a DER sequence. This is how its first two bytes begin in base64, whatever its length. */
const firstLine = /(?<![\w+/]|\\)(?:\\[rn])*M[A-P][\w+/]{40,}/

/**
 * The last lines before END lines, when they are too short to be recognized as base64. They are searched for backwards
 * from each END line: forwards, each word before a long run of line breaks would read all of the run.
 */
function* shortLastLines(text: string): Generator<Range> {
  for (let at = text.indexOf('-----END '); at !== -1; at = text.indexOf('-----END ', at + 1)) {
    const end = skipBreaksBefore(at, text)
    let index = end
    while (end - index < minLineLength - 1 && /[\w+/]/.test(text.charAt(index - 1))) index--
    if (end < at && index < end) yield { index, 0: text.slice(index, end) }
  }
}

/** Line breaks are characters, or escape sequences as in JSON. */
function skipBreaksBefore(start: number, text: string): number {
  let at = start
  for (;;) {
    if (/[\r\n]/.test(text.charAt(at - 1))) at--
    else if (/\\[rn]/.test(text.slice(Math.max(0, at - 2), at))) at -= 2
    else return at
  }
}

interface SecretPattern {
  readonly pattern: RegExp
  /** The number of characters of the longest spelling. */
  readonly longest: number
}

/** An API key or a token of a feed, also one that was cut off. */
const createdSecret = 'cgf?_[\\w-]{30,43}'
const maxCreatedLength = 47

/** Longest first: if one secret begins with another, the rest of it would stay. */
function createSecretPattern(secrets: readonly string[]): SecretPattern {
  const spellings = secrets.filter(Boolean).flatMap((secret) => [secret, formEncoded(secret), inJson(secret)])
  const distinct = [...new Set(spellings)].sort((a, b) => b.length - a.length)
  const pattern = new RegExp([...distinct.map(escaped), createdSecret].join('|'), 'g')
  return { pattern, longest: Math.max(distinct[0]?.length ?? 0, maxCreatedLength) }
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
