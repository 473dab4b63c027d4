import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  assertEnumType,
  assertInputObjectType,
  GraphQLBoolean,
  type GraphQLInputField,
  getNamedType,
  getNullableType,
  isEnumType,
  isListType,
} from 'graphql'
import { createBareSchema } from '../../scripts/printed.ts'
import { digestOf } from '../support/callers.ts'
import { download, type ExportParameters, parseCsv, problemOf } from '../support/exported.ts'
import { type Stack, startStack } from '../support/stack.ts'

const schema = createBareSchema()
const filterFields = Object.values(assertInputObjectType(schema.getType('CertificateFilter')).getFields())

const keys = { all: 'cg_all-places-0123456789', some: 'cg_some-places-0123456789' } as const
/** An organization, a project of another one would be hidden; a contract; an account. */
const somePlaces = ['org_bluequay', 'K-2CB4PY1', '52710934']

let stack: Stack
let samples: Readonly<Record<string, readonly string[]>>
beforeAll(async () => {
  stack = await startStack({
    limits: false,
    configure: (file) => ({
      ...file,
      owners: [
        { match: { provider: 'AKAMAI' }, owner: 'web team', contact: '#web' },
        { match: { names: ['*a*'] }, owner: 'A & B' },
      ],
      access: {
        apiKeys: [
          { name: 'all', sha256: digestOf(keys.all), scopes: ['certificates:read'] },
          { name: 'some', sha256: digestOf(keys.some), scopes: ['certificates:read'], places: somePlaces },
        ],
      },
    }),
  })
  const { certificates } = await ask<{ certificates: { nodes: Readonly<Record<string, string>>[] } }>(
    keys.all,
    '{ certificates(first: 5, filter: { providers: [AKAMAI] }) { nodes { serialNumber sha256Fingerprint } } }',
  )
  const [first] = certificates.nodes
  const time = (days: number) => new Date(stack.clock.now() + days * 86_400_000).toISOString()
  // Of each type of text, a value that some certificates match and others do not.
  samples = {
    DateTime: [time(0), time(20), time(400)],
    Duration: ['P14D', 'PT0S', 'P1000D'],
    placeIds: ['org_bluequay', 'K-2CB4PY1'],
    search: ['bluequay', 'A&B', ''],
    owners: ['web team', 'A & B'],
    nameContains: ['PAY', 'ü+%'],
    issuerContains: ['ecdsa'],
    subjectAltName: ['pay.clearberth.example', 'a.customs.bluequay.example'],
    serialNumber: [String(first?.['serialNumber'])],
    sha256Fingerprint: [String(first?.['sha256Fingerprint'])],
  }
})
afterAll(() => stack.close())

async function ask<Data>(key: string, query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(stack.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: Data; errors?: { message: string }[] }
  if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
  return data
}

interface Page {
  readonly nodes: readonly { readonly id: string }[]
  readonly totalCount: number
  readonly complete: boolean
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
}

const pageQuery = `query ($filter: CertificateFilter, $orderBy: CertificateOrder, $after: String) {
  certificates(first: 100, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { id } totalCount complete pageInfo { endCursor hasNextPage }
  }
}`

/** The certificates of all pages, as the API lists them. */
async function listed(key: string, filter: object, orderBy?: object) {
  const ids: string[] = []
  let page: Page | undefined
  do {
    const after: string | null = page?.pageInfo.endCursor ?? null
    const answer: { certificates: Page } = await ask(key, pageQuery, { filter, orderBy, after })
    page = answer.certificates
    ids.push(...page.nodes.map(({ id }) => id))
  } while (page.pageInfo.hasNextPage)
  return { ids, totalCount: page.totalCount, complete: page.complete }
}

const exported = async (key: string, parameters: ExportParameters) => {
  const { status, headers, text } = await download(stack, 'certificates.csv', parameters, {
    headers: { authorization: `Bearer ${key}` },
  })
  if (status !== 200) throw new Error(text)
  return { ids: parseCsv(text).map(({ id }) => id), complete: headers.get('x-certgraph-complete') === 'true' }
}

/** The texts of a parameter. @throws for a new field of the filter without a sample */
function samplesOf({ name, type }: GraphQLInputField): readonly string[] {
  const named = getNamedType(type)
  if (isEnumType(named)) return named.getValues().map(({ name }) => name)
  if (named === GraphQLBoolean) return ['true', 'false']
  const found = samples[name] ?? samples[named.name]
  if (!found) throw new Error(`no sample of ${name}`)
  return found
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false }
const toValue = ({ type }: GraphQLInputField, text: string) =>
  getNamedType(type) === GraphQLBoolean ? booleans[text] : text

const isList = ({ type }: GraphQLInputField) => isListType(getNullableType(type))

describe.each(Object.keys(keys) as (keyof typeof keys)[])('for a key that sees %s places, the parameter', (places) => {
  const key = keys[places]

  it.each(filterFields.map((field) => [field.name, field] as const))(
    '%s selects what the field of the filter selects, in the same order',
    async (name, field) => {
      const texts = samplesOf(field)
      const cases = texts.map((text) => [text, isList(field) ? [toValue(field, text)] : toValue(field, text)] as const)
      for (const [text, value] of cases) {
        const { ids, totalCount, complete } = await listed(key, { [name]: value })
        expect({ text, ...(await exported(key, { [name]: text })) }).toEqual({ text, ids, complete })
        expect(ids).toHaveLength(totalCount)
      }
      if (!isList(field)) return
      const { ids } = await listed(key, { [name]: texts.map((text) => toValue(field, text)) })
      expect((await exported(key, { [name]: texts })).ids).toEqual(ids)
    },
  )

  it('of several conditions selects what meets all of them', async () => {
    const filter = { providers: ['AKAMAI', 'OPENAI'], expiresWithin: 'P60D', active: true, unowned: false }
    const { ids } = await listed(key, filter)
    expect(ids.length).toBeGreaterThan(0)
    const texts = { ...filter, active: 'true', unowned: 'false' }
    expect((await exported(key, texts)).ids).toEqual(ids)
  })

  it('orderBy with direction orders as the argument of the API does', async () => {
    for (const { name: field } of assertEnumType(schema.getType('CertificateOrderField')).getValues()) {
      for (const { name: direction } of assertEnumType(schema.getType('CertificateOrderDirection')).getValues()) {
        const { ids } = await listed(key, {}, { field, direction })
        expect((await exported(key, { orderBy: field, direction })).ids).toEqual(ids)
      }
    }
    const { ids } = await listed(key, {}, { field: 'EXPIRES_AT', direction: 'DESC' })
    expect((await exported(key, { direction: 'DESC' })).ids).toEqual(ids)
  })
})

describe('a caller who is limited to places', () => {
  it('gets the certificates of those places and no others', async () => {
    const [all, some] = await Promise.all([exported(keys.all, {}), exported(keys.some, {})])
    const { headers, text } = await download(stack, 'certificates.csv', {}, as(keys.some))
    expect(new Set(parseCsv(text).map(({ placeVendorId }) => placeVendorId))).toEqual(new Set(somePlaces))
    expect(headers.get('x-certgraph-complete')).toBe('true')
    expect(some.ids.length).toBeGreaterThan(0)
    expect(some.ids.length).toBeLessThan(all.ids.length)
    expect(all.ids).toEqual(expect.arrayContaining([...some.ids]))
  })

  it('is refused the same way for a place that is hidden as for one that does not exist', async () => {
    const [hidden, none] = await Promise.all(
      ['C-1BQ7FR8', 'C-0000000'].map((placeIds) => download(stack, 'certificates.csv', { placeIds }, as(keys.some))),
    )
    const detailOf = (answer: typeof hidden) => answer && problemOf(answer).detail.replace(/C-\w+/, '')
    expect(detailOf(hidden)).toBe(detailOf(none))
    expect(hidden?.status).toBe(none?.status)
  })
})

const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })
