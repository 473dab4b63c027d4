/** A content coding that the server can produce, as HTTP names it. */
export type Encoding = 'br' | 'gzip'

const coding = /^\s*([\w-]+|\*)\s*(?:;\s*q=(\d(?:\.\d{0,3})?)\s*)?$/i

/** Returns the weight of each coding that an Accept-Encoding header names, in lower case. Malformed parts are left out. */
function parseAcceptEncoding(header: string | null | undefined): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const part of (header ?? '').slice(0, 1_000).split(',')) {
    const [, name, weight = '1'] = coding.exec(part) ?? []
    // RFC 9110, 8.4.1.3: x-gzip is another name of gzip.
    if (name !== undefined) weights.set(name.toLowerCase().replace(/^x-gzip$/, 'gzip'), Number(weight))
  }
  return weights
}

/** Whether an Accept-Encoding header allows gzip. `*` is not taken for it: Prometheus names gzip. */
export function acceptsGzip(header: string | null | undefined): boolean {
  return (parseAcceptEncoding(header).get('gzip') ?? 0) > 0
}

/**
 * Chooses the encoding of a body as RFC 9110, 12.5.3, describes it. A coding wins over none when the header does not
 * prefer `identity`; the first one wins among equals.
 * @returns undefined when the header excludes all of them
 */
export function chooseEncoding(
  header: string | null | undefined,
  available: readonly Encoding[],
): Encoding | 'identity' | undefined {
  const weights = parseAcceptEncoding(header)
  const rest = weights.get('*')
  let chosen: Encoding | 'identity' | undefined
  // Without a weight of its own, none is acceptable, and the last choice.
  let highest = weights.get('identity') ?? (rest === 0 ? 0 : Number.MIN_VALUE)
  if (highest > 0) chosen = 'identity'
  for (const encoding of available) {
    const weight = weights.get(encoding) ?? rest ?? 0
    if (weight > highest || (weight === highest && weight > 0 && chosen === 'identity')) {
      chosen = encoding
      highest = weight
    }
  }
  return chosen
}
