import { type Document, type ErrorCode, isCollection, isScalar, type Pair, visit } from 'yaml'
import { isPrintableKey } from './mistakes.ts'

/** What is wrong with the text of a file, and what would be right. It quotes nothing but printable keys. */
interface TextMistake {
  readonly offset: number
  readonly text: string
}

type YamlError = Pick<Document['errors'][number], 'code' | 'message' | 'pos'>

const inQuotes = 'expected quotes around a text that begins with it'

/** The parser's messages quote the file, which may contain secrets, and use the words of YAML's grammar. */
const sentences: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*) has an anchor or tag of its own; expected the alias alone',
  BAD_ALIAS: `an alias (*) or anchor (&) without a valid name; ${inQuotes}`,
  BAD_COLLECTION_TYPE: 'a tag (!) that does not fit the value; expected the value without a tag',
  BAD_DIRECTIVE: `a line that begins with % is not valid; ${inQuotes}`,
  BAD_DQ_ESCAPE: "a backslash in double quotes begins no escape sequence; expected \\\\, or single quotes ('…')",
  BAD_INDENT: 'wrong indentation; expected the entries of a mapping or list to begin in the same column',
  BAD_PROP_ORDER: 'a tag (!) or anchor (&) in the wrong place; expected it before its value, after the colon or dash',
  BAD_SCALAR_START: 'a value begins with a character that YAML reserves; expected quotes around the value',
  BLOCK_AS_IMPLICIT_KEY:
    'a line has two settings, or a setting has both a value and settings below it; expected one setting in each line, and quotes around a text with a colon and a space',
  BLOCK_IN_FLOW: 'settings on lines of their own inside { } or [ ]; expected commas between them',
  DUPLICATE_KEY: 'a key is there twice; expected it once',
  IMPOSSIBLE: 'text that cannot be read; expected "key: value" lines, or JSON',
  KEY_OVER_1024_CHARS: 'a key of more than 1024 characters; expected a colon and a space after the key',
  MISSING_CHAR: 'a key without a colon; expected "key: value", with a space after the colon',
  MULTILINE_IMPLICIT_KEY: 'a key without a colon and a space after it; expected "key: value"',
  MULTIPLE_ANCHORS: 'a value has two anchors (&); expected one at most',
  MULTIPLE_DOCS: 'a second document begins (---); expected one document in the file',
  MULTIPLE_TAGS: 'a value has two tags (!); expected none',
  NON_STRING_KEY: 'a key is no text; expected the name of a setting',
  RESOURCE_EXHAUSTION: 'too many levels or aliases; expected fewer',
  TAB_AS_INDENT: 'a tab in the indentation; expected spaces',
  TAG_RESOLVE_FAILED: `a tag (!) that is not known; ${inQuotes}`,
  UNEXPECTED_TOKEN:
    'text in a place where none may be; expected one setting or list entry in each line, commas inside { } and [ ], and quotes around a text with special characters',
}

/** Sentences for messages of the parser that share a code with others. */
const particular: readonly (readonly [message: RegExp, text: string])[] = [
  [/end with a \}/, 'a { is not closed; expected } at the end of the mapping'],
  [/end with a \]/, 'a [ is not closed; expected ] at the end of the list'],
  [/Missing closing "quote/, 'a text in double quotes is not closed; expected " at its end'],
  [/Missing closing 'quote/, "a text in single quotes is not closed; expected ' at its end"],
  [/without - indicator/, 'wrong indentation, or a list entry without a dash; expected the column of the entry before'],
  [/Missing , /, 'no comma between two entries; expected one'],
  [/Missing space after :/, 'no space after a colon; expected one'],
  [/double-quoted-scalar token|single-quoted-scalar token/, 'no comma between two entries; expected one'],
  [/Unexpected flow-(map|seq)-end/, 'a } or ] without a { or [ before it; expected as many of both'],
  [/block-seq-ind on same line/, 'a list begins in the line of its key; expected the dash in the next line'],
  [/at node end/, 'text after the end of a value; expected one value, in quotes as a whole if it has quotes in it'],
]

/** Returns the mistakes of the syntax, at most one for each line: others follow from the first one. */
export function findSyntaxMistakes(document: Document, text: string): TextMistake[] {
  const lines = new Set<number>()
  return [...document.errors, ...document.warnings].flatMap((error) => {
    const mistake = toMistake(error, document, text)
    const line = text.slice(0, mistake.offset).split('\n').length
    return lines.has(line) ? [] : [lines.add(line) && mistake]
  })
}

function toMistake(error: YamlError, document: Document, text: string): TextMistake {
  const [offset] = error.pos
  const [, found] = particular.find(([message]) => message.test(error.message)) ?? []
  if (error.code === 'DUPLICATE_KEY') return { offset, text: duplicateText(document, offset, text) }
  if (/Missing closing ["']quote/.test(error.message))
    return { offset: lastQuoteBefore(document, offset), text: found ?? sentences[error.code] }
  if (error.code === 'MULTILINE_IMPLICIT_KEY' && /^[^\n]*:[^\s]/.test(text.slice(offset)))
    return { offset, text: 'no space after a colon; expected one' }
  return { offset, text: found ?? sentences[error.code] }
}

function duplicateText(document: Document, offset: number, text: string): string {
  let sentence = sentences.DUPLICATE_KEY
  visit(document, {
    Map(_key, { items }) {
      const second = items.find((pair) => startOf(pair) === offset)
      const first = items.find((pair) => second && keyOf(pair) === keyOf(second))
      const at = first && startOf(first)
      if (!second || at === undefined) return undefined
      const key = keyOf(second)
      const line = text.slice(0, at).split('\n').length
      sentence = `the key${isSettingName(key) ? ` ${key}` : ''} is there twice, first in line ${line}; expected it once`
      return visit.BREAK
    },
  })
  return sentence
}

/** No setting has a dash in its name, as secrets have. */
const isSettingName = (key: string) => isPrintableKey(key) && !key.includes('-')
const keyOf = ({ key }: Pair<unknown>) => (isScalar(key) ? String(key.value) : '')
const startOf = ({ key }: Pair<unknown>) => (isScalar(key) ? key.range?.[0] : undefined)

/** Where the text begins that has no closing quote: the parser finds out at the end of the file. */
function lastQuoteBefore(document: Document, end: number): number {
  let start = end
  visit(document, {
    Scalar(_key, { type, range }) {
      if (type?.startsWith('QUOTE_') && range && range[0] < end) [start] = range
    },
  })
  return start
}

/** Returns the aliases that refer to no anchor before them, or to one that contains them. */
export function findAliasMistakes(document: Document): TextMistake[] {
  const mistakes: TextMistake[] = []
  visit(document, {
    Alias(_key, alias, ancestors) {
      const offset = alias.range?.[0] ?? 0
      if (!alias.resolve(document))
        mistakes.push({
          offset,
          text: 'an alias (*) to an anchor that is not defined before it; expected quotes around a text that begins with *',
        })
      else if (ancestors.some((node) => hasAnchor(node, alias.source)))
        mistakes.push({ offset, text: 'an alias (*) inside the value that it refers to; expected it outside' })
    },
  })
  return mistakes
}

function hasAnchor(node: unknown, anchor: string): boolean {
  return isCollection(node) && node.anchor === anchor
}
