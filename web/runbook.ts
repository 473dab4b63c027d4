/** A link to a runbook, if it is one that a browser may open: http or https. */
export function toRunbookHref(text: string | null | undefined): string | null {
  if (!text) return null
  try {
    const { protocol, href } = new URL(text)
    return protocol === 'http:' || protocol === 'https:' ? href : null
  } catch {
    return null
  }
}
