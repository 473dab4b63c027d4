import { lstatSync, readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { isObject } from '../is-object.ts'
import type { Mistakes } from './mistakes.ts'

/** Whether something is at that path, readable or not: a link that leads nowhere was meant to be read, too. */
export const isThere = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

/** The text of a file, or undefined and the mistake. Says what the system said, never what is in the file. */
export function readText(path: string, tell: (text: string) => void): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'unknown reason' }: Record<string, unknown> = isObject(error) ? error : {}
    tell(`${path} cannot be read (${code}); expected a readable file`)
    return undefined
  }
}

/**
 * Reads a YAML or JSON file; undefined, with the mistakes told, when it cannot be. The parser's own messages quote the
 * source, which may hold a secret: only its codes are told.
 */
export function readSettings(path: string, at: string, mistakes: Mistakes): unknown {
  const text = readText(path, (mistake) => mistakes.add(at, mistake))
  if (text === undefined) return undefined
  const document = parseDocument(text, { stringKeys: true, logLevel: 'error' })
  for (const { code, linePos } of [...document.errors, ...document.warnings]) {
    const [{ line, col } = { line: 1, col: 1 }] = linePos ?? []
    mistakes.add(
      `${path}, line ${line}, column ${col}`,
      `not valid YAML (${code.toLowerCase().replaceAll('_', ' ')}); expected YAML or JSON`,
    )
  }
  if (document.errors.length > 0) return undefined
  try {
    // Through JSON: plain data remain, and an alias within its own anchor is refused.
    return JSON.parse(JSON.stringify(document.toJS()))
  } catch {
    mistakes.add(path, 'has an alias to an unknown anchor, to itself, or too many; expected aliases that resolve')
    return undefined
  }
}
