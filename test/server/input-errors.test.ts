import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { post } from '../support/http-client.ts'
import { type Stack, startStack } from '../support/stack.ts'

const made = (...parts: string[]) => Buffer.from(parts.join(':')).toString('base64')
const dateTime = 'expected a date and time of RFC 3339 with an offset from UTC, such as 2027-01-31T00:00:00Z'
const duration = 'expected an ISO 8601 duration of weeks, days, hours, minutes and seconds, such as P30D or PT15M'
const badPlaceId = 'not an id of this API; expected the `id` or `vendorId` of a place'
const badId = 'not an id of this API; expected one from a query, unchanged'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ configure: (file) => ({ ...file, writes: 'enabled' }) })
})
afterAll(() => stack.close())

async function messagesOf(query: string, variables: object = {}) {
  const { body } = await post(stack.url.replace('/graphql', ''), { query, variables })
  const { errors = [] } = JSON.parse(body)
  return errors.map(({ message, extensions }: { message: string; extensions: { code: string } }) => [
    extensions.code,
    message,
  ])
}

describe('the error about an argument names its path:', () => {
  it.each([
    ['node', '{ node(id: "x") { id } }', `id: ${badId}`],
    ['a type that does not exist', `{ node(id: "${made('Nothing', 'a')}") { id } }`, `id: ${badId}`],
    ['certificate', '{ certificate(id: "x") { id } }', `id: ${badId}`],
    ['nodes', `{ nodes(ids: ["${made('OpenAIOrganization', 'a')}", "x"]) { id } }`, `ids[1]: ${badId}`],
    ['placeIds', '{ certificates(filter: { placeIds: ["x"] }) { totalCount } }', `filter.placeIds[0]: ${badPlaceId}`],
    [
      'statistics',
      '{ certificateStatistics(filter: { placeIds: ["x"] }) { total } }',
      `filter.placeIds[0]: ${badPlaceId}`,
    ],
    [
      'a representation',
      '{ _entities(representations: [{ __typename: "OpenAIOrganization", id: "x" }]) { __typename } }',
      `representations[0].id: ${badId}`,
    ],
    [
      'the type of a representation',
      '{ _entities(representations: [{ __typename: "None" }]) { __typename } }',
      'representations[0].__typename: not a type of this API; expected the name of one with a key',
    ],
    [
      'the vendor id in a representation',
      '{ _entities(representations: [{ __typename: "OpenAIOrganization", organizationId: "a/b" }]) { __typename } }',
      'representations[0].organizationId: not an id of a vendor; expected 1 to 128 of letters, digits, _ and -',
    ],
    [
      'a representation that is no object',
      '{ _entities(representations: [7]) { __typename } }',
      'representations[0]: expected an object with __typename and the fields of a key',
    ],
    ['first', '{ certificates(first: 0) { totalCount } }', 'first: expected 1 to 100; found 0'],
    ['last', '{ certificatePlaces(last: 101) { totalCount } }', 'last: expected 1 to 100; found 101'],
  ])('%s', async (_, query, message) => {
    expect(await messagesOf(query)).toEqual([['BAD_USER_INPUT', message]])
  })

  it('after and before', async () => {
    for (const name of ['after', 'before']) {
      expect(await messagesOf(`{ certificates(${name}: "x") { totalCount } }`)).toEqual([
        ['BAD_USER_INPUT', expect.stringMatching(new RegExp(`^${name}: not a cursor of this API`))],
      ])
    }
  })

  it('every literal, in a field of an input, in a list and as a default value', async () => {
    const messages = await messagesOf(`query ($d: Duration = "1d") {
      a: certificates(first: "x", maxStaleness: $d) { totalCount }
      b: certificates(filter: { expiresBefore: "2027-01-31", providers: [AKAMAI, NONE], nameContains: 7 }) { totalCount }
      c: certificates(filter: { none: 1 }, orderBy: { field: NAME }) { totalCount }
    }`)
    expect(messages.map(([, message]: [string, string]) => message).sort()).toEqual([
      expect.stringMatching(/^\$d: found "1d"; expected an ISO 8601 duration/),
      expect.stringMatching(/^filter\.expiresBefore: found "2027-01-31"; expected a date and time of RFC 3339/),
      expect.stringMatching(/^filter\.nameContains: String cannot represent a non string value: 7/),
      expect.stringMatching(/^filter\.none: Field "none" is not defined by type "CertificateFilter"/),
      expect.stringMatching(/^filter\.providers\[1\]: Value "NONE" does not exist in "CertificateProvider" enum/),
      expect.stringMatching(/^first: Int cannot represent non-integer value: "x"/),
      expect.stringMatching(/^orderBy: Field "CertificateOrder\.direction" of required type/),
    ])
  })

  it('the same when the same document is sent again', async () => {
    const query = '{ certificates(first: "x") { totalCount } }'
    const expected = [['GRAPHQL_VALIDATION_FAILED', 'first: Int cannot represent non-integer value: "x"']]
    for (let time = 0; time < 3; time += 1) expect(await messagesOf(query)).toEqual(expected)
  })
})

describe('the error about a scalar says what is right, in a literal and in a variable:', () => {
  it.each([
    ['expiresBefore', 'DateTime', '2027-01-31', dateTime],
    ['expiresBefore', 'DateTime', 'tomorrow', dateTime],
    ['expiresAfter', 'DateTime', '2027-02-30T00:00:00Z', dateTime],
    ['expiresAfter', 'DateTime', '2027-01-31T00:00:00', dateTime],
    ['expiresAfter', 'DateTime', '', dateTime],
    ['expiresWithin', 'Duration', '30 days', duration],
    ['expiresWithin', 'Duration', 'P1M', duration],
  ])('%s of type %s, "%s"', async (field, type, value, expected) => {
    const list = (given: string) => `certificates(filter: { ${field}: ${given} }) { totalCount }`
    const reason = `found "${value}"; ${expected}`
    expect(await messagesOf(`{ ${list(JSON.stringify(value))} }`)).toEqual([
      ['BAD_USER_INPUT', `filter.${field}: ${reason}`],
    ])
    expect(await messagesOf(`query ($v: ${type}) { ${list('$v')} }`, { v: value })).toEqual([
      ['BAD_USER_INPUT', `Variable "$v" got invalid value "${value}"; ${reason}`],
    ])
    const whole = 'query ($f: CertificateFilter) { certificates(filter: $f) { totalCount } }'
    expect(await messagesOf(whole, { f: { [field]: value } })).toEqual([
      ['BAD_USER_INPUT', `Variable "$f" got invalid value "${value}" at "f.${field}"; ${reason}`],
    ])
  })

  it.each([7, true, null, ['2027-01-31T00:00:00Z'], {}])('a value that is not a string: %j', async (value) => {
    const query = '{ certificates(filter: { expiresBefore: VALUE }) { totalCount } }'
    if (value !== null) {
      const reason = `found a value that is not a string; ${dateTime}`
      const literal = Array.isArray(value) ? JSON.stringify(value) : String(JSON.stringify(value))
      expect(await messagesOf(query.replace('VALUE', literal))).toEqual([
        ['BAD_USER_INPUT', `filter.expiresBefore: ${reason}`],
      ])
      expect(await messagesOf(`query ($v: DateTime) ${query.replace('VALUE', '$v')}`, { v: value })).toEqual([
        ['BAD_USER_INPUT', expect.stringMatching(/^Variable "\$v" got invalid value .+; found a value that is not/)],
      ])
    } else expect(await messagesOf(query.replace('VALUE', 'null'))).toEqual([])
  })
})

describe('the error about a variable', () => {
  const upload = `mutation ($input: UploadOpenAICertificateInput!) {
    uploadOpenAICertificate(input: $input) { __typename }
  }`
  const secret = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'
  const key = `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`

  it.each([
    ['with an unknown field beside a key', { content: key, other: 1 }, 'Field "other" is not defined'],
    ['with a key of a wrong type', { content: { pem: key } }, 'String cannot represent a non string value'],
    ['with the key in a list', { content: [key] }, 'String cannot represent a non string value'],
    ['that is the key', key, 'to be an object'],
  ])('gives the reason and nothing of a private key: %s', async (_, input, reason) => {
    const messages = (await messagesOf(upload, { input })).flat().join('\n')
    expect(messages).toContain(reason)
    expect(messages).not.toContain(secret)
    expect(messages).not.toContain('PRIVATE KEY')
  })

  it('is short when the value is long', async () => {
    const query = 'query ($p: [CertificateProvider!]) { certificates(filter: { providers: $p }) { totalCount } }'
    const [[, message]] = await messagesOf(query, { p: ['x'.repeat(10_000)] })
    expect(message).toMatch(/at "p\[0\]"; Value "x{40}…" does not exist in "CertificateProvider" enum\.$/)
  })

  it('keeps short values, quotes among them', async () => {
    const query = 'query ($n: Int) { certificates(first: $n) { totalCount } }'
    expect(await messagesOf(query, { n: 'a; at "b"' })).toEqual([
      [
        'BAD_USER_INPUT',
        'Variable "$n" got invalid value "a; at \\"b\\""; Int cannot represent non-integer value: "a; at \\"b\\""',
      ],
    ])
  })
})
