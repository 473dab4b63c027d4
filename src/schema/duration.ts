import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'

const pattern = /^P(?=.)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/
const units = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000]

/** ISO 8601 duration ↔ milliseconds. A year or a month has no fixed length, so neither is taken. */
export const durationScalar = new GraphQLScalarType<number, string>({
  name: 'Duration',
  description:
    'A length of time as ISO 8601 writes it, from weeks down to seconds: `P30D`, `P2W`, `PT15M`. ' +
    'Years and months, which have no fixed length, and negative durations are refused.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339#appendix-A',
  serialize: (milliseconds) => `PT${Number(milliseconds) / 1000}S`,
  parseValue: (value) => parseDuration(value),
  parseLiteral: (node) => parseDuration(node.kind === Kind.STRING ? node.value : undefined, node),
})

/** How much of what is no duration is repeated. */
const shown = 40

function parseDuration(value: unknown, node?: ValueNode): number {
  const parts = typeof value === 'string' ? pattern.exec(value) : null
  if (!parts) {
    const given = typeof value === 'string' ? `"${value.slice(0, shown)}"` : 'what is no string'
    throw new GraphQLError(
      `found ${given}; expected an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as P30D or PT15M`,
      { ...(node && { nodes: [node] }), extensions: { code: 'BAD_USER_INPUT' } },
    )
  }
  return units.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0)
}
