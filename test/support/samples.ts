/** One series of a scrape. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)",?/gy

/** Parses the text format of Prometheus. @throws when a line is invalid */
export function parseSamples(text: string): readonly Sample[] {
  return text
    .split('\n')
    .filter((each) => each !== '' && !each.startsWith('#'))
    .map((each) => {
      const [, name, labels = '', value] = line.exec(each) ?? []
      if (name === undefined || value === undefined) throw new Error(`not a sample: ${each}`)
      return { name, labels: parseLabels(labels), value: Number(value) }
    })
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const found = [...text.matchAll(label)]
  const length = found.reduce((sum, [whole]) => sum + whole.length, 0)
  if (length !== text.length) throw new Error(`not labels: ${text}`)
  const unescaped = (value: string) =>
    value.replace(/\\(.)/g, (_match, character) => (character === 'n' ? '\n' : character))
  return Object.fromEntries(found.map(([, name = '', value = '']) => [name, unescaped(value)]))
}

/** The series with this name and these labels. */
export function samplesOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): readonly Sample[] {
  return parseSamples(text).filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  )
}

/** The value of the only series with this name and these labels; undefined when there is none. */
export function sampleValue(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = samplesOf(text, name, labels)
  if (found.length > 1) throw new Error(`${found.length} series ${name} with ${JSON.stringify(labels)}`)
  return found[0]?.value
}
