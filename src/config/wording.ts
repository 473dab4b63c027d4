const kindOf = (value: unknown) =>
  Array.isArray(value)
    ? 'list'
    : typeof value === 'object'
      ? 'mapping'
      : (typeof value).replace('boolean', 'truth value')

const isEmpty = (value: unknown) => value === null || value === '' || (Array.isArray(value) && value.length === 0)

/** Says what was found by its kind alone: the value itself may be a secret in the wrong place. */
function found(code: string | undefined, value: unknown): string {
  if (value === undefined) return 'missing'
  if (isEmpty(value)) return 'empty'
  return code === 'invalid_type' ? `found a ${kindOf(value)}` : 'not valid'
}

/** The `error` of a schema: what a setting must be, told the same way whether it is missing, empty or wrong. */
export const expected = (what: string) => ({
  error: ({ code, input }: { readonly code?: string | undefined; readonly input?: unknown }) =>
    `${found(code, input)}; expected ${what}`,
})
