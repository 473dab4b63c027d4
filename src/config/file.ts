import { lstatSync, readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import { isObject } from '../is-object.ts'
import type { Mistakes } from './mistakes.ts'

/** Whether a path exists, readable or not. A broken symbolic link exists: its file was meant to be read. */
export const pathExists = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

/** Reads a text file; undefined, with the mistake reported, when that fails. The mistake quotes no content. */
export function readText(path: string, addMistake: (text: string) => void): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = 'unknown reason' }: Record<string, unknown> = isObject(error) ? error : {}
    addMistake(`${path} cannot be read (${code}); expected a readable file`)
    return undefined
  }
}

/**
 * Reads a YAML or JSON file; undefined, with the mistakes reported, when that fails. The parser's messages quote the file,
 * which may contain secrets, so the mistakes have its error codes only.
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
    // JSON leaves plain data, and fails for an alias inside its own anchor.
    return JSON.parse(JSON.stringify(document.toJS()))
  } catch {
    mistakes.add(
      path,
      'has an alias to an unknown anchor or to itself, or too many aliases; expected aliases that resolve',
    )
    return undefined
  }
}
