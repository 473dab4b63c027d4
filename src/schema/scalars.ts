import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { DateResolver, DateTimeResolver } from 'graphql-scalars'

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

/** More characters than any date or duration needs. */
const maxLength = 100
/** Invalid input is repeated in the message up to this length. */
const maxShownLength = 40

function parseDuration(value: unknown, node?: ValueNode): number {
  const parts = isShortText(value) ? pattern.exec(value) : null
  if (!parts) {
    throw toInvalidError(
      value,
      'an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as P30D or PT15M',
      node,
    )
  }
  return units.reduce((sum, unit, index) => sum + Number(parts[index + 1] ?? 0) * unit, 0)
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxLength
}

function toInvalidError(value: unknown, expected: string, node: ValueNode | undefined): GraphQLError {
  const given =
    typeof value === 'string'
      ? `"${value.slice(0, maxShownLength)}${value.length > maxShownLength ? '…' : ''}"`
      : 'a value that is not a string'
  return new GraphQLError(`found ${given}; expected ${expected}`, {
    ...(node && { nodes: [node] }),
    extensions: { code: 'BAD_USER_INPUT' },
  })
}

/** A scalar for dates whose errors say what is expected, the same for a literal as for a variable. */
function toDateScalar<External>(
  resolver: GraphQLScalarType<Date, External>,
  expected: string,
): GraphQLScalarType<Date, External> {
  const parse = (value: unknown, node?: ValueNode): Date => {
    try {
      if (isShortText(value)) return resolver.parseValue(value)
    } catch {
      // The message of the package does not say what is expected.
    }
    throw toInvalidError(value, expected, node)
  }
  return new GraphQLScalarType({
    ...resolver.toConfig(),
    parseValue: (value) => parse(value),
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined, node),
  })
}

/** Dates of RFC 3339. */
export const dateScalar = toDateScalar(DateResolver, 'a date of RFC 3339, such as 2027-01-31')

/** Dates with a time of RFC 3339. Resolvers return texts, as `toDateTime` makes them. */
export const dateTimeScalar = new GraphQLScalarType<Date, string>({
  ...toDateScalar(
    DateTimeResolver,
    'a date and time of RFC 3339 with an offset from UTC, such as 2027-01-31T00:00:00Z',
  ).toConfig(),
  serialize: String,
})

const maxTexts = 100_000
/** The texts of the last moments: the same dates are returned again and again, and formatting takes most of a field's time. */
let texts = new Map<number, string>()

/** Milliseconds since the epoch → the text of a DateTime. */
export function toDateTime(milliseconds: number): string
export function toDateTime(milliseconds: number | null): string | null
export function toDateTime(milliseconds: number | null): string | null {
  if (milliseconds === null) return null
  const known = texts.get(milliseconds)
  if (known !== undefined) return known
  if (texts.size === maxTexts) texts = new Map()
  const text = new Date(milliseconds).toISOString()
  texts.set(milliseconds, text)
  return text
}
