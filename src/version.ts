import { readFileSync } from 'node:fs'

/** The version in package.json, which is one folder above this file and above the built one. */
export const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}
