import { Counter, Gauge, Registry } from 'prom-client'
import type { TimeSlice } from '../time-slice.ts'

export type Labels = Readonly<Record<string, string>>

/** One series with its value. */
export interface Sample {
  readonly labels: Labels
  /** Labels that several series have. Their text is kept as long as the object. */
  readonly sharedLabels?: Labels
  readonly value: number
}

/** All series with one name. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'gauge' | 'counter'
  readonly samples: readonly Sample[]
}

/** Series that are converted at once: about a millisecond. */
const chunkLength = 200

/**
 * A family whose series are given when it is printed, and not collected one by one: each would be hashed by its labels.
 * @param take returns the series to print
 */
function registerGiven({ name, help, type }: Family, registry: Registry, take: () => readonly Sample[]): void {
  const settings = { name, help, registers: [registry] }
  const metric = type === 'counter' ? new Counter(settings) : new Gauge(settings)
  const described = metric.get()
  metric.get = async () => ({ ...(await described), values: take().map((sample) => ({ ...sample })) })
}

/** Converts a family to the text format, in slices. The text has many parts: one text of all would stop other work. */
export async function printFamily(family: Family, timeSlice: TimeSlice): Promise<readonly Buffer[]> {
  const { name, samples } = family
  const registry = new Registry()
  let chunk: readonly Sample[] = []
  registerGiven(family, registry, () => chunk)
  const parts: Buffer[] = []
  for (let start = 0; start === 0 || start < samples.length; start += chunkLength) {
    if (timeSlice.isOver()) await timeSlice.next()
    chunk = samples.slice(start, start + chunkLength)
    const text = await registry.getSingleMetricAsString(name)
    // The first two lines are about the family.
    const lines = start === 0 ? text : text.slice(text.indexOf('\n', text.indexOf('\n') + 1) + 1)
    parts.push(Buffer.from(`${lines}\n`))
  }
  return parts
}
