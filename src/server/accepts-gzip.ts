const gzip = /^\s*(?:x-)?gzip\s*(?:;\s*q=(\d(?:\.\d{0,3})?)\s*)?$/i

/** Whether an Accept-Encoding header allows gzip. `*` is not taken for it: Prometheus names gzip. */
export function acceptsGzip(header: string | null | undefined): boolean {
  const accepted = (header ?? '').slice(0, 1_000).split(',')
  return accepted.some((each) => {
    const match = gzip.exec(each)
    return match !== null && Number(match[1] ?? 1) > 0
  })
}
