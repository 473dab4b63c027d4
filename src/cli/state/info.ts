import type { RunCommand } from '../command.ts'
import { toDurationText, toSizeText } from '../config/quantity-texts.ts'
import { chooseFormat } from '../format.ts'
import { toTable } from '../table.ts'
import { type DescribedState, describeState } from './described-state.ts'

const formats = { text: toText, json: toJson }

/** Prints what is kept over restarts. Returns 1 when it cannot be read. @throws UsageError, ConfigError */
export const printState: RunCommand = async (given, environment) => {
  const format = chooseFormat<typeof toText>(given, formats)
  const state = await describeState(given, environment)
  environment.stdout.write(format(state, environment.clock.now()))
  return state.failure ? 1 : 0
}

function toText({ path, reason, bytes, maxBytes, processes, kinds, failure }: DescribedState, now: number): string {
  if (path === null) return `nothing is kept on disk: ${reason}\n`
  const rows = kinds.map(({ kind, entries, bytes: size, oldest, newest }) => [
    kind,
    String(entries),
    toSize(size),
    toAge(now - oldest),
    toAge(now - newest),
  ])
  const table = toTable([['KIND', 'ENTRIES', 'SIZE', 'OLDEST', 'NEWEST'], ...rows], (header) => header !== 'KIND')
  const lines = [
    `folder: ${path}`,
    `size: ${toSize(bytes)}${maxBytes === null ? '' : ` of ${toSizeText(maxBytes)}`}`,
    `open in: ${processes.length === 0 ? 'no process' : processesText(processes)}`,
    ...(failure ? [`not readable: ${failure.reason}`] : []),
    ...(kinds.length === 0 ? ['entries: none'] : ['', ...table]),
  ]
  return `${lines.join('\n')}\n`
}

function toJson({ path, reason, bytes, maxBytes, processes, kinds, failure }: DescribedState): string {
  const state = {
    path,
    reason,
    bytes,
    maxBytes,
    processes,
    failure: failure?.reason ?? null,
    kinds: kinds.map(({ kind, oldest, newest, ...sizes }) => ({
      kind,
      ...sizes,
      oldest: new Date(oldest).toISOString(),
      newest: new Date(newest).toISOString(),
    })),
  }
  return `${JSON.stringify(state, null, 2)}\n`
}

export function processesText(processes: readonly number[]): string {
  return `${processes.length === 1 ? 'process' : 'processes'} ${processes.join(', ')}`
}

const units = ['B', 'KiB', 'MiB'] as const

/** In the largest unit that is not larger. `state.maxSize` has the unit of its setting. */
function toSize(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`
}

const steps = [86_400_000, 3_600_000, 60_000, 1_000] as const

/** In the largest unit that is not longer, such as 3d. */
function toAge(milliseconds: number): string {
  const step = steps.find((each) => milliseconds >= each)
  return step === undefined ? '0s' : toDurationText(Math.floor(milliseconds / step) * step)
}
