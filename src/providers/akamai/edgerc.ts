/** One section of an `.edgerc`. */
interface EdgercSection {
  /** Settings without a value are left out. */
  readonly settings: Readonly<Record<string, string>>
  /** The keys that have a value more than once. */
  readonly duplicates: readonly string[]
}

export interface Edgerc {
  readonly sections: ReadonlyMap<string, EdgercSection>
  /** Why it is not clear which settings belong together. The text of a line may be a secret: it is not quoted. */
  readonly mistakes: readonly string[]
}

interface OpenSection extends EdgercSection {
  readonly line: number
  readonly settings: Record<string, string>
  readonly duplicates: string[]
}

/**
 * Parses an `.edgerc` by section, as Akamai's tools read it
 * (https://techdocs.akamai.com/developer/docs/authenticate-with-edgegrid). They refuse a section that is given twice: its
 * settings could be those of two API clients.
 */
export function parseEdgerc(text: string): Edgerc {
  const sections = new Map<string, OpenSection>()
  const mistakes: string[] = []
  let section: OpenSection | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const read = parseLine(line.trim())
    const number = index + 1
    if (read === 'unclosed') mistakes.push(`the section on line ${number} has no closing bracket; expected [name]`)
    if (read === null || read === 'unclosed') continue
    if ('name' in read) {
      const first = sections.get(read.name)
      if (first)
        mistakes.push(
          `the section ${read.name} is given twice, on lines ${first.line} and ${number}; expected each section once`,
        )
      section = first ?? { line: number, settings: {}, duplicates: [] }
      sections.set(read.name, section)
    } else if (!section) {
      mistakes.push(`a setting on line ${number} is before the first section; expected it below a line [name]`)
    } else {
      if (Object.hasOwn(section.settings, read.key)) section.duplicates.push(read.key)
      section.settings[read.key] = read.value
    }
  }
  return { sections, mistakes }
}

/** Another name that differs only in case and spaces. Akamai's tools tell such sections apart; people do not. */
export function findSimilar(name: string, names: Iterable<string>): string | undefined {
  const toPlain = (each: string) => each.replaceAll(/\s+/g, '').toLowerCase()
  return [...names].find((each) => each !== name && toPlain(each) === toPlain(name))
}

/** Akamai's tools end an unquoted value at the first semicolon; no credential contains one. */
function withoutComment(text: string): string {
  const quote = text.charAt(0)
  const isQuoted = quote === '"' || quote === "'"
  for (let end = text.lastIndexOf(quote); isQuoted && end > 0; end = text.lastIndexOf(quote, end - 1)) {
    const rest = text.slice(end + 1).trimStart()
    if (rest === '' || rest.startsWith(';')) return text.slice(1, end)
  }
  return (text.split(';', 1)[0] ?? '').trim()
}

type ParsedText = { readonly name: string } | { readonly key: string; readonly value: string } | 'unclosed' | null

/** The section or setting of a line; null for a comment, a setting without a value, and anything else. */
function parseLine(line: string): ParsedText {
  if (line.startsWith('[')) {
    const [, name] = /^\[([^\]]*)\]/.exec(line) ?? []
    return name === undefined ? 'unclosed' : { name: name.trim() }
  }
  // Secrets are base64 and may end in "=": the first one is the separator.
  const [, key, rest] = /^([^;#=][^=]*)=(.*)$/.exec(line) ?? []
  if (key === undefined || rest === undefined) return null
  const value = withoutComment(rest.trim())
  return value === '' ? null : { key: key.trim().toLowerCase().replaceAll('-', '_'), value }
}
