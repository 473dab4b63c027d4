import { Buffer } from 'node:buffer'
import { describe, expect, it } from '@jest/globals'
import type { Caller } from '../../src/operation.ts'
import { toAnswerKey } from '../../src/server/answer-key.ts'

type KeyedRequest = Parameters<typeof toAnswerKey>[0]

const permissions = new Set(['certificates:read'] as const)
const caller: Caller = { name: 'reader', permissions, places: null, isIdentified: true, credential: 'key' }

const toRequest = (changes: Partial<KeyedRequest> = {}): KeyedRequest => ({
  method: 'POST',
  url: '/graphql',
  headers: { host: 'localhost', authorization: 'Bearer key', 'content-type': 'application/json' },
  caller,
  body: Buffer.from('{"query":"{ a }"}'),
  ...changes,
})

const others: Readonly<Record<string, Partial<KeyedRequest>>> = {
  method: { method: 'GET' },
  url: { url: '/graphql?a' },
  header: { headers: { ...toRequest().headers, accept: 'application/json' } },
  'missing header': { headers: { host: 'localhost', authorization: 'Bearer key' } },
  'scheme of the credential': { headers: { ...toRequest().headers, authorization: 'Basic a2V5' } },
  body: { body: Buffer.from('{"query":"{ b }"}') },
  'missing body': { body: undefined },
  'set of permissions': { caller: { ...caller, permissions: new Set(['metrics:read'] as const) } },
  'list of places': { caller: { ...caller, places: new Set(['org_1']) } },
  'kind of credential': { caller: { ...caller, credential: 'token' } },
  'missing authentication': { caller: { ...caller, isIdentified: false } },
}

describe('the key of an answer', () => {
  it.each(Object.keys(others))('differs for another %s than that of the request before', (name) => {
    const key = toAnswerKey(toRequest())
    const other = toAnswerKey(toRequest(others[name]))
    expect(other).not.toBe(key)
    expect([toAnswerKey(toRequest()), toAnswerKey(toRequest(others[name]))]).toEqual([key, other])
  })

  it('is the same for callers with equal permissions and places', () => {
    const key = toAnswerKey(toRequest())
    expect(toAnswerKey(toRequest({ caller: { ...caller, name: 'other', permissions: new Set(permissions) } }))).toBe(
      key,
    )
  })
})
