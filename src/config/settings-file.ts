import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
} from 'yaml'
import { type Mistakes, pathText, type SettingNames, type SettingPart, type SettingPath } from './mistakes.ts'
import { readPlainSettings } from './plain-settings.ts'
import type { ReadFiles } from './read-files.ts'
import { findUnquotedReferences, withoutReferences } from './unquoted-references.ts'
import { findAliasMistakes, findSyntaxMistakes } from './yaml-mistakes.ts'

/** A configuration file, parsed. Its content is undefined, with the mistakes reported, when it cannot be read. */
export interface SettingsFile {
  readonly path: string
  readonly content: unknown
  readonly names: SettingNames
}

interface FileNames {
  /** How mistakes name the file. */
  readonly shown: string
  /** What names the file: a variable, or the file itself. */
  readonly namedBy: string
}

/**
 * Reads a YAML or JSON file. The parser's messages quote the file, which may contain secrets, so the mistakes have its
 * error codes only.
 */
export function readSettingsFile(
  path: string,
  { shown, namedBy }: FileNames,
  files: ReadFiles,
  mistakes: Mistakes,
): SettingsFile {
  const text = files.readText(path, (mistake) => mistakes.add(namedBy, mistake))
  const failed = { path, content: undefined, names: { nameOf: pathText } }
  if (text === undefined) return failed

  const plain = readPlainSettings(text)
  if (plain !== undefined) return { path, content: plain, names: namesIn(shown, () => parseText(text)) }

  const parsed = parseText(text)
  const { document: whole } = parsed
  const positionAt = (offset: number) => positionIn(shown, parsed, offset)
  // A reference in braces without quotes makes everything after it invalid.
  const unquoted = whole.errors.length === 0 ? [] : findUnquotedReferences(text)
  for (const { offset, text: mistake } of unquoted) mistakes.add(positionAt(offset), mistake)
  const document = unquoted.length === 0 ? whole : parseDocument(withoutReferences(text), options)
  const syntax = findSyntaxMistakes(document, text).filter(({ offset }) =>
    unquoted.every(({ within: [start, end] }) => offset < start || offset > end),
  )
  const aliases = unquoted.length === 0 ? findAliasMistakes(whole) : []
  for (const { offset, text: mistake } of [...syntax, ...aliases].sort((a, b) => a.offset - b.offset))
    mistakes.add(positionAt(offset), `not valid YAML: ${mistake}`)
  if (whole.errors.length > 0 || aliases.length > 0) return failed
  try {
    // JSON leaves plain data, and fails for an alias inside its own anchor.
    const content: unknown = JSON.parse(JSON.stringify(whole.toJS()))
    return { path, content, names: namesIn(shown, () => parsed) }
  } catch {
    mistakes.add(shown, 'has too many aliases; expected fewer')
    return failed
  }
}

const options = { stringKeys: true, logLevel: 'error' } as const

interface ParsedText {
  readonly document: Document.Parsed
  readonly lines: LineCounter
}

function parseText(text: string): ParsedText {
  const lines = new LineCounter()
  return { document: parseDocument(text, { ...options, lineCounter: lines }), lines }
}

function positionIn(shown: string, { lines }: ParsedText, offset: number): string {
  const { line, col } = lines.linePos(offset)
  return `${shown}, line ${line}, column ${col}`
}

/** @param parse called when the first position is asked for: most files have no mistake */
function namesIn(shown: string, parse: () => ParsedText): SettingNames {
  let parsed: ParsedText | undefined
  return {
    nameOf: pathText,
    positionOf(setting, part) {
      if (setting.length === 0) return shown
      parsed ??= parse()
      const { document } = parsed
      const resolveAlias = (node: Node) => (isAlias(node) ? node.resolve(document) : node)
      return positionIn(shown, parsed, findOffset(document.contents, setting, part, resolveAlias))
    },
  }
}

/** The offset of a setting. For one that is missing it is that of the mapping or list that should have it. */
function findOffset(
  contents: ParsedNode | null,
  path: SettingPath,
  part: SettingPart,
  resolveAlias: (node: Node) => Node | undefined,
): number {
  let node: Node | undefined = contents ?? undefined
  let [key, value] = [0, contents?.range[0] ?? 0]
  for (const [index, step] of path.entries()) {
    const holder: Node | undefined = node && resolveAlias(node)
    const pair = isMap(holder) ? holder.items.find((each) => isScalar(each.key) && each.key.value === step) : undefined
    const item: unknown = pair ? pair.value : isSeq(holder) ? holder.items[Number(step)] : undefined
    const start = isNode(item) && !isEmpty(item) ? item.range?.[0] : undefined
    if (!pair && !isNode(item)) return value
    key = (isNode(pair?.key) ? pair.key.range?.[0] : undefined) ?? start ?? value
    value = start ?? key
    if (index === path.length - 1 && part === 'key') return key
    node = isNode(item) ? item : undefined
  }
  return value
}

/** A key without a value: the parser places the value after the end of the line. */
function isEmpty(node: Node): boolean {
  return isScalar(node) && node.range?.[0] === node.range?.[1]
}
