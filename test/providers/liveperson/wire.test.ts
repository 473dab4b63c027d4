import { describe, expect, it } from '@jest/globals'
import {
  certificateShape,
  parseBaseUri,
  parseCertificates,
  parseError,
  parseSingle,
  parseToken,
} from '../../../src/providers/liveperson/wire.ts'
import { parseJson } from '../../../src/upstream/exact-json.ts'

describe('parseJson', () => {
  it.each(['9007199254740993', '9223372036854775807', '-9007199254740993'])('keeps every digit of %s', (digits) => {
    const body = parseJson(`[{"id":${digits}}]`)
    expect(body).toEqual([{ id: BigInt(digits) }])
    expect(certificateShape.parse({ id: BigInt(digits) })?.id).toBe(digits)
  })

  it('returns plain numbers where they are exact', () => {
    expect(parseJson('[3515906310, 0, -1, 1.5, 1e3, 9007199254740991, true, null, "x"]')).toEqual([
      3_515_906_310,
      0,
      -1,
      1.5,
      1000,
      9_007_199_254_740_991,
      true,
      null,
      'x',
    ])
  })

  it.each(['', '<html></html>', '[1,]', '{"id":}'])('rejects %p', (text) => {
    expect(() => parseJson(text)).toThrow()
  })
})

const row = {
  id: 3_515_906_310,
  deleted: false,
  name: 'idp-client',
  displayName: 'Sign-on',
  siteId: 'le1',
  status: 'Available',
  expirationDate: null,
}
const parsed = {
  id: '3515906310',
  deleted: false,
  name: 'idp-client',
  displayName: 'Sign-on',
  status: 'Available',
  expirationDate: null,
  issues: [],
}

describe('certificateShape', () => {
  it('reads an id that is a number or a string', () => {
    expect(certificateShape.parse(row)).toEqual(parsed)
    expect(certificateShape.parse({ ...row, id: '3515906310' })).toEqual(parsed)
  })

  it('reads a row with an id only', () => {
    const empty = { deleted: null, name: null, displayName: null, status: null, expirationDate: null, issues: [] }
    expect(certificateShape.parse({ id: 7 })).toEqual({ id: '7', ...empty })
    expect(certificateShape.parse({ id: 7, deleted: null, name: null, status: null })).toEqual({ id: '7', ...empty })
  })

  it.each([
    ['2030-06-30T23:59:59Z', '2030-06-30T23:59:59Z'],
    ['2030-06-30T23:59:59.000+0000', '2030-06-30T23:59:59Z'],
    ['2030-06-30T23:59:59+02:00', '2030-06-30T21:59:59Z'],
    ['2030-06-30 23:59:59', '2030-06-30T23:59:59Z'],
    ['2030-06-30', '2030-06-30T00:00:00Z'],
    ['1909094399000', '2030-06-30T23:59:59Z'],
    [1_909_094_399_000, '2030-06-30T23:59:59Z'],
    ['1909094399', '2030-06-30T23:59:59Z'],
  ])('reads the expiration date %p', (expirationDate, moment) => {
    expect(certificateShape.parse({ ...row, expirationDate })).toEqual({
      ...parsed,
      expirationDate: Date.parse(moment),
    })
  })

  it.each<[string, object, object]>([
    ['name: expected a string', { name: 5 }, { name: null }],
    ['displayName: expected a string', { displayName: {} }, { displayName: null }],
    ['status: expected a string', { status: true }, { status: null }],
    ['deleted: expected true or false', { deleted: 'false' }, { deleted: null }],
    ['expirationDate: expected a date', { expirationDate: 'next year' }, { expirationDate: null }],
    ['expirationDate: expected a date', { expirationDate: 9223372036854775807n }, { expirationDate: null }],
  ])('keeps the row when a member is invalid: %s', (issue, fault, rest) => {
    expect(certificateShape.parse({ ...row, ...fault })).toEqual({ ...parsed, ...rest, issues: [issue] })
  })

  it.each([null, 7, 'x', [row], {}, { ...row, id: null }, { ...row, id: '' }, { ...row, id: [7] }])(
    'rejects a row without an id: %j',
    (value) => expect(certificateShape.parse(value)).toBeNull(),
  )
})

describe('parseSingle', () => {
  it('returns the requested certificate, or null for an empty body', () => {
    const wanted = { id: '3515906310', siteId: 'le1' }
    for (const siteId of ['le1', null, undefined]) expect(parseSingle({ ...row, siteId }, wanted)).toEqual(parsed)
    expect(parseSingle(null, wanted)).toBeNull()
    expect(parseSingle({ id: 5, siteId: 7 }, { id: '5', siteId: '7' })).toMatchObject({ id: '5' })
  })

  it.each([{ ...row, id: 7 }, { ...row, siteId: 'le2' }, { ...row, siteId: true }, [row], {}, 'none'])(
    'rejects %j',
    (body) => expect(() => parseSingle(body, { id: '3515906310', siteId: 'le1' })).toThrow(),
  )
})

it('parseCertificates accepts only a list', () => {
  expect(parseCertificates([7])).toEqual([7])
  for (const body of [null, {}, 'x', { certificates: [] }]) expect(() => parseCertificates(body)).toThrow()
})

describe('parseBaseUri', () => {
  const gateway = { service: 'mtlsGateway', account: 'le1', baseURI: 'a.liveperson.net' }
  const sentinel = { service: 'sentinel', account: 'le1', baseURI: 'b.liveperson.net' }

  it('finds the host in a body about one service and in a body about all services', () => {
    expect(parseBaseUri(gateway, 'mtlsGateway')).toBe('a.liveperson.net')
    expect(parseBaseUri({ baseURI: 'a.liveperson.net' }, 'mtlsGateway')).toBe('a.liveperson.net')
    expect(parseBaseUri({ baseURIs: [gateway, sentinel] }, 'sentinel')).toBe('b.liveperson.net')
    expect(parseBaseUri({ baseURIs: [null, 'x', { service: 'sentinel' }, gateway] }, 'mtlsGateway')).toBe(
      'a.liveperson.net',
    )
  })

  it.each([
    null,
    [],
    'a.liveperson.net',
    {},
    sentinel,
    { ...gateway, baseURI: null },
    { baseURIs: [] },
    { baseURIs: [sentinel] },
  ])('rejects a body without the host of the service: %j', (body) =>
    expect(() => parseBaseUri(body, 'mtlsGateway')).toThrow(),
  )
})

describe('parseToken', () => {
  it('returns the token and its lifetime, if there is one', () => {
    expect(parseToken({ access_token: 'a', token_type: 'Bearer', expires_in: 3600 })).toEqual({
      access_token: 'a',
      expires_in: 3600,
    })
    for (const expires_in of [undefined, null, '3600']) {
      expect(parseToken({ access_token: 'a', expires_in })).toEqual({ access_token: 'a', expires_in: null })
    }
  })

  it.each([null, 'a', {}, { access_token: '' }, { access_token: 5 }])('rejects %j', (body) => {
    expect(() => parseToken(body)).toThrow()
  })
})

it('parseError returns the message, if there is one', () => {
  expect(parseError({ time: 1, message: 'no', internalCode: 5 })).toEqual({ message: 'no' })
  for (const body of [null, 'no', [], {}, { message: 5 }]) expect(parseError(body)).toEqual({})
})
