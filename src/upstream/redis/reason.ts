/** What an error is called. Not its message, which may quote the URL or a command. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'closed'
  if ('code' in error && typeof error.code === 'string') return error.code
  // The library's own words.
  if (error.message === 'Command timed out') return 'ETIMEDOUT'
  // Redis begins what it refuses with a code of its own, such as OOM or WRONGPASS.
  const [code = error.name] = /^[A-Z]+(?= )/.exec(error.message) ?? []
  return code
}
