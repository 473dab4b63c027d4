const typeOf = (value: unknown) =>
  Array.isArray(value) ? 'list' : typeof value === 'object' ? 'mapping' : typeof value

const isEmpty = (value: unknown) => value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** Describes a value by its type: the value itself may be a secret in the wrong place. */
function describe(code: string | undefined, value: unknown): string {
  if (value === undefined) return 'missing'
  if (isEmpty(value)) return 'empty'
  return code === 'invalid_type' ? `found a ${typeOf(value)}` : 'not valid'
}

/** The `error` of a schema: describes the value, missing, empty or invalid, and says what is expected. */
export const expected = (what: string) => ({
  error: ({ code, input }: { readonly code?: string | undefined; readonly input?: unknown }) =>
    `${describe(code, input)}; expected ${what}`,
})
