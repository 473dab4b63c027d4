import { isCollection, parseDocument, visit } from 'yaml'

interface UnquotedReference {
  readonly offset: number
  /** What is wrong, and what would be right. */
  readonly text: string
  /** The outermost braces or brackets around it, from which other mistakes of the syntax follow. */
  readonly within: readonly [start: number, end: number]
}

/** A reference to a variable. A brace or a line break ends it. */
const pattern = /\$\{[^{}\n]*\}/g

/** The name of a variable, in its braces. */
const name = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/g

/** A character without a meaning in YAML. */
const placeholder = '_'

/** Replaces every reference with plain text of the same length, so that offsets stay the same. */
export function withoutReferences(text: string): string {
  return text.replaceAll(pattern, (reference) => placeholder.repeat(reference.length))
}

/**
 * Finds values with a reference and without quotes inside the braces or brackets of YAML's flow style, in which `{` begins a
 * mapping: one mistake for each value, however many references it has.
 */
export function findUnquotedReferences(text: string): UnquotedReference[] {
  const found: UnquotedReference[] = []
  visit(parseDocument(withoutReferences(text), { stringKeys: true, logLevel: 'error' }), {
    Scalar(_key, { type, range }, ancestors) {
      const outermost = ancestors.find((node) => isCollection(node) && node.flow)
      if (type !== 'PLAIN' || !range || !isCollection(outermost)) return
      const [from, to] = range
      const [first] = text.slice(from, to).matchAll(pattern)
      if (!first) return
      const [start, end] = outermost.range ?? range
      // A collection that is not closed ends at a line that cannot be part of it: what follows may be.
      const isClosed = /[}\]]/.test(text[end - 1] ?? '')
      found.push({
        offset: from + first.index,
        text: toText(first[0], text.slice(from, to).trim()),
        within: [start, isClosed ? end : text.length],
      })
    },
  })
  return found
}

/** What may be printed beside references: signs, or a path. Other text may be a secret in the wrong place. */
const printable = /^(?:[./~:@-]{0,10}|(?:\/[A-Za-z_.-]{1,20}){1,5})$/

function toText(reference: string, value: string): string {
  const isPrintable = printable.test(value.replaceAll(name, ''))
  const shown = reference.replace(name, '') === '' ? reference : `\${NAME}`
  const expected = isPrintable ? `"${value}"` : `quotes around the whole value, as in "\${NAME}/path"`
  return `${shown} without quotes inside { } or [ ]; expected ${expected}`
}
