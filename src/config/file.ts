import { lstatSync, readFileSync } from 'node:fs'
import { isObject } from '../is-object.ts'

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
