import { isCollection, parseDocument, visit } from 'yaml'

interface UnquotedReference {
  readonly offset: number
  /** Such as `${NAME}`. */
  readonly reference: string
}

/** A reference to a variable. A brace or a line break ends it. */
const pattern = /\$\{[^{}\n]*\}/g

/** A character without a meaning in YAML. */
const placeholder = '_'

/** Replaces every reference with plain text of the same length, so that offsets stay the same. */
export function withoutReferences(text: string): string {
  return text.replaceAll(pattern, (reference) => placeholder.repeat(reference.length))
}

/** Finds references without quotes inside the braces or brackets of YAML's flow style, in which `{` begins a mapping. */
export function findUnquotedReferences(text: string): UnquotedReference[] {
  const plain: { readonly from: number; readonly to: number }[] = []
  visit(parseDocument(withoutReferences(text), { stringKeys: true, logLevel: 'error' }), {
    Scalar(_key, { type, range }, ancestors) {
      const isInFlow = ancestors.some((node) => isCollection(node) && node.flow)
      if (type === 'PLAIN' && range && isInFlow) plain.push({ from: range[0], to: range[1] })
    },
  })
  return [...text.matchAll(pattern)]
    .filter(({ index }) => plain.some(({ from, to }) => from <= index && index < to))
    .map(({ index, 0: reference }) => ({
      offset: index,
      // Other text between the braces may be a secret in the wrong place.
      reference: /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(reference) ? reference : `\${NAME}`,
    }))
}
