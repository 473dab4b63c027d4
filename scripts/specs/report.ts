import { stdout } from 'node:process'

let faults = 0

/** One line for each thing checked. */
export function report(what: string, problem: string | undefined): void {
  if (problem) faults += 1
  stdout.write(`${problem ? 'FAULT' : 'ok   '} ${what}${problem ? `: ${problem}` : ''}\n`)
}

/** The last line, and the exit code. */
export function conclude(): number {
  stdout.write(faults > 0 ? `${faults} at fault\n` : 'all is as the documents have it\n')
  return faults > 0 ? 1 : 0
}
