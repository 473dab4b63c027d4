import { lstatSync } from 'node:fs'

/** Whether a path exists, readable or not. A broken symbolic link exists: its file was meant to be read. */
export const pathExists = (path: string): boolean => {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}
