import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'

export { createBareSchema } from '../src/bare-schema.ts'

/** Writes a generated file. With --check, compares it instead and exits with 1 if it is out of date. */
export function writeOrCheck(file: string, printed: string, command: string): void {
  const url = new URL(`../${file}`, import.meta.url)
  if (!process.argv.includes('--check')) {
    writeFileSync(url, printed)
  } else if (readFileSync(url, 'utf8') !== printed) {
    process.stderr.write(`${file} is out of date: run \`npm run ${command}\` and commit it\n`)
    process.exit(1)
  }
}
