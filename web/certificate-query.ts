import type { CertificateFilter, CertificateOrderDirection, CertificateOrderField } from './generated/graphql.ts'
import { type Position, parsePosition, positionParameters, toQueryText } from './query-text.ts'
import { certificatesPath } from './routes.ts'

/** How a condition is written in a query string. The names are those of the API, and the exports take the same. */
const conditionKinds = {
  search: 'text',
  nameContains: 'text',
  providers: 'list',
  placeIds: 'list',
  expiryStatuses: 'list',
  owners: 'list',
  unowned: 'flag',
  active: 'flag',
  expiresWithin: 'text',
  expiringUncovered: 'text',
  expiresAfter: 'text',
  expiresBefore: 'text',
  excludeUnknownExpiry: 'flag',
  includeDeleted: 'flag',
  weaknesses: 'list',
  issuerContains: 'text',
  subjectAltName: 'text',
  serialNumber: 'text',
  sha256Fingerprint: 'text',
} satisfies Record<keyof CertificateFilter, 'text' | 'list' | 'flag'>

export type Condition = keyof typeof conditionKinds
type Value = string | boolean | readonly string[]

/** The conditions on the certificates of a list. */
export type Conditions = { readonly [Name in Condition]?: Value }

export interface Order {
  readonly field: CertificateOrderField
  readonly direction: CertificateOrderDirection
}

/** The state of the list of certificates. All of it is in the URL. */
export interface CertificateQuery {
  readonly conditions: Conditions
  readonly order: Order
  readonly position: Position
  /** Parameters that are none, each as it is in the URL. A list that ignored a condition would look too long. */
  readonly mistakes: readonly string[]
}

const defaultOrder: Order = { field: 'EXPIRES_AT', direction: 'ASC' }
const orderFields: readonly string[] = ['EXPIRES_AT', 'NAME', 'PLACE', 'CREATED_AT'] satisfies CertificateOrderField[]
const orderParameters = ['orderBy', 'direction']

const isCondition = (name: string): name is Condition => Object.hasOwn(conditionKinds, name)

export function parseCertificateQuery(search: string): CertificateQuery {
  const parameters = new URLSearchParams(search)
  const conditions: { [Name in Condition]?: Value } = {}
  const mistakes: string[] = []
  for (const name of new Set(parameters.keys())) {
    const texts = parameters.getAll(name)
    if (!isCondition(name)) {
      if (![...orderParameters, ...positionParameters].includes(name))
        mistakes.push(...texts.map((text) => `${name}=${text}`))
      continue
    }
    const value = parseValue(conditionKinds[name], texts)
    if (value === undefined) mistakes.push(...texts.map((text) => `${name}=${text}`))
    else if (value !== '') conditions[name] = value
  }
  const field = parameters.get('orderBy') ?? defaultOrder.field
  const direction = parameters.get('direction') ?? 'ASC'
  if (!orderFields.includes(field)) mistakes.push(`orderBy=${field}`)
  if (direction !== 'ASC' && direction !== 'DESC') mistakes.push(`direction=${direction}`)
  return {
    conditions,
    order: {
      field: orderFields.includes(field) ? (field as CertificateOrderField) : defaultOrder.field,
      direction: direction === 'DESC' ? 'DESC' : 'ASC',
    },
    position: parsePosition(parameters),
    mistakes,
  }
}

function parseValue(kind: 'text' | 'list' | 'flag', texts: readonly string[]): Value | undefined {
  if (kind === 'list') return texts
  const [text = '', ...rest] = texts
  if (rest.length > 0) return undefined
  if (kind === 'text') return text
  return text === 'true' ? true : text === 'false' ? false : undefined
}

/** The query string of the exports: the conditions and the order, without a page. */
export function toExportSearch({ conditions, order }: Pick<CertificateQuery, 'conditions' | 'order'>): string {
  const parameters = new URLSearchParams()
  for (const name of Object.keys(conditionKinds) as Condition[]) {
    const value = conditions[name]
    if (value === undefined || value === '') continue
    for (const each of Array.isArray(value) ? value : [value]) parameters.append(name, String(each))
  }
  if (order.field !== defaultOrder.field) parameters.set('orderBy', order.field)
  if (order.direction !== 'ASC') parameters.set('direction', order.direction)
  return toQueryText(parameters)
}

/** The path of the list with these conditions, from its first row unless a position is given. */
export function toCertificatesHref(query: Partial<Omit<CertificateQuery, 'mistakes'>>): string {
  const { conditions = {}, order = defaultOrder, position = {} } = query
  const parameters = new URLSearchParams(toExportSearch({ conditions, order }))
  for (const [name, value] of Object.entries(position)) parameters.set(name, String(value))
  return certificatesPath + toQueryText(parameters)
}

/** The filter of the API. The server checks the values, and its errors name what is wrong. */
export const toFilter = (conditions: Conditions): CertificateFilter => conditions as CertificateFilter

/** The conditions without one of them, or without one entry of its list. */
export function withoutCondition(conditions: Conditions, name: Condition, entry?: string): Conditions {
  const { [name]: value, ...rest } = conditions
  if (!Array.isArray(value) || entry === undefined) return rest
  const left = value.filter((each) => each !== entry)
  return left.length === 0 ? rest : { ...rest, [name]: left }
}

/** The conditions with an entry of a list added, or removed if they have it. */
export function toggleEntry(conditions: Conditions, name: Condition, entry: string): Conditions {
  const value = conditions[name]
  const entries: readonly string[] = Array.isArray(value) ? value : []
  if (entries.includes(entry)) return withoutCondition(conditions, name, entry)
  return { ...conditions, [name]: [...entries, entry] }
}
