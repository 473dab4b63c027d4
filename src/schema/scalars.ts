import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'

const pattern = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/
const units = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000]

/** ISO 8601 durations as milliseconds. Years and months are rejected, because they have no fixed length. */
export const durationScalar = new GraphQLScalarType<number, string>({
  name: 'Duration',
  description:
    'An ISO 8601 duration in weeks, days, hours, minutes and seconds, such as `P30D`, `P2W` or `PT15M`. Years, months and ' +
    'negative durations are errors.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#appendix-A',
  serialize: (milliseconds) => `PT${Number(milliseconds) / 1000}S`,
  parseValue: (value) => parseDuration(value),
  parseLiteral: (node) => parseDuration(node.kind === Kind.STRING ? node.value : undefined, node),
})

/** Invalid input is repeated in the message up to this length. */
const maxShownLength = 40

function parseDuration(value: unknown, node?: ValueNode): number {
  const parts = typeof value === 'string' ? pattern.exec(value) : null
  if (!parts) {
    const given = typeof value === 'string' ? `"${value.slice(0, maxShownLength)}"` : 'a value that is not a string'
    throw new GraphQLError(
      `found ${given}; expected an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as P30D or PT15M`,
      { ...(node && { nodes: [node] }), extensions: { code: 'BAD_USER_INPUT' } },
    )
  }
  return units.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0)
}

/** Milliseconds since the epoch as the DateTime scalar takes them. */
export function toDate(milliseconds: number): Date
export function toDate(milliseconds: number | null): Date | null
export function toDate(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds)
}
