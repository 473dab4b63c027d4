import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { print } from './print.ts'

interface Target {
  readonly atMost?: number
  readonly atLeast?: number
}

/** One result, as `npm run bench -- --json` writes it. */
interface Figure extends Target {
  readonly part: string
  readonly name: string
  readonly value: number
  readonly unit: string
  /** Whether the target is met; null when there is none. */
  readonly holds: boolean | null
  readonly note?: string
}

interface FigureOptions extends Target {
  readonly unit: string
  /** The digits after the decimal point. Default: none for more than 20, otherwise two. */
  readonly digits?: number
  /** What else the reader has to know. */
  readonly note?: string
}

const figures: Figure[] = []
let part = ''

/** Begins the part of the benchmark that the next figures belong to. */
export function beginPart(name: string): void {
  part = name
  process.stdout.write(`\n${name}\n`)
}

/** Prints a figure, its target and whether it holds, and keeps it for the file. */
export function report(name: string, value: number, { unit, digits, note, ...target }: FigureOptions): void {
  const holds = isMet(value, target)
  figures.push({ part, name, value, unit, ...target, holds, ...(note !== undefined && { note }) })
  const toText = (number: number) => number.toFixed(digits ?? (Math.abs(number) > 20 ? 0 : 2))
  const verdict = holds === null ? [] : [`target: ${toTargetText(target, toText)}`, holds ? 'holds' : 'DOES NOT HOLD']
  print(name, [`${toText(value)} ${unit}`, ...verdict, ...(note === undefined ? [] : [note])].join('; '))
}

/** Writes all figures so far as JSON. */
export function writeFigures(file: string): void {
  const machine = { node: process.version, at: new Date().toISOString() }
  writeFileSync(file, `${JSON.stringify({ ...machine, figures }, null, 2)}\n`)
}

/** The value in the middle. */
export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
}

function isMet(value: number, { atMost, atLeast }: Target): boolean | null {
  if (atMost === undefined && atLeast === undefined) return null
  // NaN meets no target.
  return (
    !Number.isNaN(value) &&
    value <= (atMost ?? Number.POSITIVE_INFINITY) &&
    value >= (atLeast ?? Number.NEGATIVE_INFINITY)
  )
}

function toTargetText({ atMost, atLeast }: Target, toText: (number: number) => string): string {
  return atMost === undefined ? `at least ${toText(atLeast ?? Number.NaN)}` : `at most ${toText(atMost)}`
}
