/**
 * Saves an export that needs the key: a link cannot send a header, and a key never gets into a URL. Returns why the file is
 * incomplete, or an empty text.
 */
export async function download(href: string, key: string): Promise<string> {
  const response = await fetch(href, { headers: { authorization: `Bearer ${key}` } })
  if (!response.ok) throw new Error(await toReason(response))
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = new URL(href, location.href).pathname.slice(1)
  link.click()
  // The browser has the data once the click was handled.
  setTimeout(() => URL.revokeObjectURL(url))
  if (response.headers.get('x-certgraph-complete') !== 'false') return ''
  return `The file is incomplete: ${response.headers.get('x-certgraph-reasons') ?? 'a source could not be read'}`
}

/** The detail of a problem (RFC 9457). */
async function toReason(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => null)
  const detail = typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : null
  return typeof detail === 'string' ? detail : `The server answered ${response.status}.`
}
