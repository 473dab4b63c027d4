import process from 'node:process'

/** Prints one result. Times are ratios within one run, because machines differ. */
export function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(30)}${figure}\n`)
}
