/** Saves an export that needs the key. A link cannot send a header, and a key never gets into a URL. */
export async function download(href: string, key: string): Promise<void> {
  const response = await fetch(href, { headers: { authorization: `Bearer ${key}` } })
  if (!response.ok) throw new Error(`The server answered ${response.status}.`)
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = new URL(href, location.href).pathname.slice(1)
  link.click()
  // The browser has the data once the click was handled.
  setTimeout(() => URL.revokeObjectURL(url))
}
