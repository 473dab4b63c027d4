import process from 'node:process'

/** A line of the report: what was measured, and what came out. Figures are ratios within one run: machines differ. */
export function print(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(28)}${figure}\n`)
}
