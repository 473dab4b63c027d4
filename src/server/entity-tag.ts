const entityTag = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g

/**
 * Whether the client has the content with this tag, by the header If-None-Match. RFC 9110, 13.1.2: tags are compared without their
 * `W/`, which proxies add, and which a tag has whose content may have other bytes.
 */
export function matchesTag(headers: Headers, tag: string): boolean {
  const known = headers.get('if-none-match')
  if (known === null) return false
  const wanted = tag.replace(/^W\//, '')
  return known.trim() === '*' || [...known.matchAll(entityTag)].some(([, opaque]) => opaque === wanted)
}
