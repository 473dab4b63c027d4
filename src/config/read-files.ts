import { readFileSync, statSync } from 'node:fs'
import { isObject } from '../is-object.ts'

/** What tells that a file is another one than before, or has other contents: its size, time and number. */
export type FileVersion = string

/** The version of a file, following symbolic links: Kubernetes updates a mounted file by another link. */
export function versionOf(path: string): FileVersion {
  try {
    const { size, mtimeMs, ino } = statSync(path)
    return `${size} ${mtimeMs} ${ino}`
  } catch (error) {
    return codeOf(error)
  }
}

/** Reads the files of a configuration, and records which version of each was read. */
export class ReadFiles {
  readonly #versions = new Map<string, FileVersion>()

  /** By path. A file that changes while it is read has the version of before. */
  get versions(): ReadonlyMap<string, FileVersion> {
    return this.#versions
  }

  /** Reads a text file; undefined, with the mistake reported, when that fails. The mistake quotes no content. */
  readText(path: string, addMistake: (text: string) => void): string | undefined {
    if (!this.#versions.has(path)) this.#versions.set(path, versionOf(path))
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      addMistake(`${path} cannot be read (${codeOf(error)}); expected a readable file`)
      return undefined
    }
  }
}

function codeOf(error: unknown): string {
  return isObject(error) && typeof error['code'] === 'string' ? error['code'] : 'unknown reason'
}
