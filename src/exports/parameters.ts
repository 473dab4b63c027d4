import {
  assertEnumType,
  assertInputObjectType,
  assertScalarType,
  coerceInputValue,
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
} from 'graphql'
import type { CertificateOrder } from '../catalog/certificate-list.ts'
import { nearestWord } from '../nearest-word.ts'
import type { CertificateFilterInput } from '../schema/search/filter-input.ts'
import { type ExportRequirement, exportRequirements, type ParameterMistake } from '../server/http-export.ts'

/** What the parameters of an export say. */
interface ExportParameters {
  readonly filter: CertificateFilterInput
  readonly orderBy: CertificateOrder
  /** In milliseconds. */
  readonly maxStaleness?: number
  readonly require?: readonly ExportRequirement[]
  /** The parameters of the filter, as they were given. */
  readonly conditions: readonly (readonly [name: string, value: string])[]
  /** The parameters of the format. */
  readonly format: Readonly<Record<string, unknown>>
}

export type ParameterParser = (query: URLSearchParams) => ExportParameters | Mistakes

interface Mistakes {
  readonly mistakes: readonly ParameterMistake[]
}

/** The parameters that every export has besides the filter, by the names of their types. */
interface CommonValues {
  readonly orderBy: CertificateOrder['field']
  readonly direction: CertificateOrder['direction']
  readonly maxStaleness?: number
  readonly require?: readonly ExportRequirement[]
}

const requirementType = new GraphQLEnumType({
  name: 'ExportRequirement',
  values: Object.fromEntries(exportRequirements.map((each) => [each, {}])),
})

/** How many mistakes are reported. */
const maxMistakes = 20
/** The characters of a value that a message repeats. */
const maxShown = 40

/**
 * Creates the parser of the query string of an export. Its parameters are the fields of the input type of filters, the
 * order, the maximum age and those of the format. Values are converted as GraphQL converts those of variables.
 */
export function createParameterParser(
  schema: GraphQLSchema,
  ofFormat: GraphQLInputFieldConfigMap = {},
): ParameterParser {
  const filterType = assertInputObjectType(schema.getType('CertificateFilter'))
  const common = {
    orderBy: { type: assertEnumType(schema.getType('CertificateOrderField')), defaultValue: 'EXPIRES_AT' },
    direction: { type: assertEnumType(schema.getType('CertificateOrderDirection')), defaultValue: 'ASC' },
    maxStaleness: { type: assertScalarType(schema.getType('Duration')) },
    require: { type: new GraphQLList(new GraphQLNonNull(requirementType)) },
  } satisfies Record<keyof CommonValues, object>
  const toType = (name: string, fields: GraphQLInputFieldConfigMap) => new GraphQLInputObjectType({ name, fields })
  const types = [filterType, toType('ExportOptions', common), toType('FormatOptions', ofFormat)] as const
  const known = new Map(types.flatMap((type) => Object.values(type.getFields()).map(({ name, type }) => [name, type])))

  return (query) => {
    const mistakes: ParameterMistake[] = []
    const raw = readValues(query, known, mistakes)
    const coerce = (type: GraphQLInputObjectType): unknown => {
      const own = Object.keys(type.getFields()).filter((name) => raw.has(name))
      return coerceInputValue(
        Object.fromEntries(own.map((name) => [name, raw.get(name)])),
        type,
        (path, value, error) => {
          const parameter = String(path[0])
          mistakes.push({ parameter, message: toMessage(known.get(parameter), value, error.message) })
        },
      )
    }
    const [filterValues, options, format] = types.map(coerce)
    if (mistakes.length > 0) return { mistakes: shortened(mistakes) }
    const { orderBy: field, direction, ...others } = options as CommonValues
    const filter = filterValues as CertificateFilterInput
    const conditions = [...query].filter(([name]) => Object.hasOwn(filterType.getFields(), name))
    return {
      ...others,
      filter,
      conditions,
      orderBy: { field, direction },
      format: format as ExportParameters['format'],
    }
  }
}

/** The values of the parameters as a client of GraphQL would send them. */
function readValues(
  query: URLSearchParams,
  known: ReadonlyMap<string, GraphQLInputType>,
  mistakes: ParameterMistake[],
): ReadonlyMap<string, unknown> {
  const raw = new Map<string, unknown>()
  for (const name of new Set(query.keys())) {
    const type = known.get(name)
    const texts = query.getAll(name)
    if (!type) mistakes.push({ parameter: shown(name), message: unknownParameter(name, [...known.keys()]) })
    else if (isListType(getNullableType(type))) raw.set(name, texts)
    else if (texts.length === 1) raw.set(name, toRaw(texts[0] ?? '', type))
    else mistakes.push({ parameter: name, message: `given ${texts.length} times; expected it once` })
  }
  return raw
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false }

/** A flag is a text in a query string. Every other value is a text in JSON too. */
function toRaw(text: string, type: GraphQLInputType): unknown {
  return getNamedType(type) === GraphQLBoolean && Object.hasOwn(booleans, text) ? booleans[text] : text
}

function unknownParameter(name: string, known: readonly string[]): string {
  const nearest = nearestWord(name, known)
  return nearest === undefined
    ? `no parameter of this export; expected one of ${known.join(', ')}`
    : `no parameter of this export; did you mean ${nearest}?`
}

/** What is wrong with a value. The messages of enums and flags name the types of GraphQL, and not what is expected. */
function toMessage(type: GraphQLInputType | undefined, value: unknown, message: string): string {
  const named = type && getNamedType(type)
  const found = `found ${JSON.stringify(shown(String(value)))}; expected`
  if (named === GraphQLBoolean) return `${found} true or false`
  if (!isEnumType(named)) return message
  const names = named.getValues().map(({ name }) => name)
  const nearest = nearestWord(String(value), names)
  return `${found} one of ${names.join(', ')}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`
}

function shown(text: string): string {
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text
}

function shortened(mistakes: readonly ParameterMistake[]): readonly ParameterMistake[] {
  if (mistakes.length <= maxMistakes) return mistakes
  const further = mistakes.length - maxMistakes
  return [...mistakes.slice(0, maxMistakes), { parameter: '…', message: `${further} further mistakes` }]
}
