/** The settings of one section. */
export type EdgercSection = Readonly<Record<string, string>>

// Akamai's tools end an unquoted value at the first semicolon; no credential of theirs holds one.
const quoted = /^(["'])(.*)\1\s*(?:;.*)?$/
const withoutComment = (text: string) => quoted.exec(text)?.[2] ?? text.replace(/;.*$/, '').trim()

/**
 * Parses an `.edgerc` by section, as Akamai's tools read it
 * (https://techdocs.akamai.com/developer/docs/authenticate-with-edgegrid). Settings without a value are left out.
 */
export function parseEdgerc(text: string): ReadonlyMap<string, EdgercSection> {
  const sections = new Map<string, Record<string, string>>()
  let section: Record<string, string> | undefined
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    const [, name] = /^\[([^\]]*)\]/.exec(line) ?? []
    if (name !== undefined) {
      section = sections.get(name.trim()) ?? {}
      sections.set(name.trim(), section)
      continue
    }
    // Secrets are base64 and may end in "=": the first one separates.
    const [, key, rest] = /^([^;#=][^=]*)=(.*)$/.exec(line) ?? []
    if (!section || key === undefined || rest === undefined) continue
    const value = withoutComment(rest.trim())
    if (value !== '') section[key.trim().toLowerCase().replaceAll('-', '_')] = value
  }
  return sections
}
