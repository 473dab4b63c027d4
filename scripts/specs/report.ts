import { stdout } from 'node:process'

let faults = 0

/** Prints the result of one check. */
export function report(what: string, problem: string | undefined): void {
  if (problem) faults += 1
  stdout.write(`${problem ? 'FAULT' : 'ok   '} ${what}${problem ? `: ${problem}` : ''}\n`)
}

/** Prints the summary and returns the exit code. */
export function conclude(): number {
  stdout.write(faults > 0 ? `${faults} checks failed\n` : 'all checks passed\n')
  return faults > 0 ? 1 : 0
}
