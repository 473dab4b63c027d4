import { describe, expect, it } from '@jest/globals'
import { InputError } from '../../src/input-error.ts'
import { checkId, checkSwitchKey, upstreamUrl } from '../../src/upstream/url.ts'

const base = 'https://api.example.com/v1'
const template = '/projects/{projectId}/certificates'

const invalidIds = [
  '',
  ' ',
  '.',
  '..',
  '../..',
  '%2e%2e',
  '%2E%2E%2F',
  'a/b',
  'a\\b',
  'a?b',
  'a#b',
  'a;b',
  'a\u0000b',
  'a\nb',
  'a\n',
  '\u202ea',
  'ä',
  '①',
  'ａ',
  'a b',
  'a'.repeat(129),
]

function errorOf(make: () => unknown): InputError {
  try {
    make()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('it was not refused')
}

describe('an id of a vendor', () => {
  it.each([['a'], ['org_7-B'], ['0'], ['a'.repeat(128)]])('may be %j', (id) => {
    expect(checkId(id, 'id')).toBe(id)
  })

  it.each(invalidIds.map((id) => [id]))('may not be %j', (id) => {
    const { code, message } = errorOf(() => checkId(id, 'projectId'))
    expect(code).toBe('BAD_USER_INPUT')
    expect(message).toBe('projectId: not an id of a vendor; expected 1 to 128 of letters, digits, _ and -')
  })

  it('may contain a colon only when it is an account switch key', () => {
    expect(checkSwitchKey('1-5C0YLB:1-8BYUX', 'accountSwitchKey')).toBe('1-5C0YLB:1-8BYUX')
    expect(errorOf(() => checkId('1-5C0YLB:1-8BYUX', 'id')).code).toBe('BAD_USER_INPUT')
    for (const key of invalidIds) {
      expect(errorOf(() => checkSwitchKey(key, 'accountSwitchKey')).code).toBe('BAD_USER_INPUT')
    }
  })
})

describe('the URL of a call', () => {
  it('consists of the base, the template with its ids, and the query', () => {
    const url = upstreamUrl(base, template, { projectId: 'proj_1' }, { limit: '100', after: undefined, key: '1:2 &/' })
    expect(url.href).toBe('https://api.example.com/v1/projects/proj_1/certificates?limit=100&key=1%3A2+%26%2F')
  })

  it('may have a base without a path, and a template without an id', () => {
    expect(upstreamUrl('http://127.0.0.1:9', '/list').href).toBe('http://127.0.0.1:9/list')
  })

  it.each(invalidIds.map((id) => [id]))('is not made with the id %j', (projectId) => {
    expect(errorOf(() => upstreamUrl(base, template, { projectId })).code).toBe('BAD_USER_INPUT')
  })

  it('is not made when an id is missing', () => {
    expect(errorOf(() => upstreamUrl(base, template)).code).toBe('BAD_USER_INPUT')
  })

  it.each([['/a/../b'], ['/./b'], ['/a/%2e%2e/b'], ['/a\\b'], ['/a?b'], ['/a#b'], ['/a b']])(
    'is not made from the template %j, because the parser changes its path',
    (path) => {
      expect(errorOf(() => upstreamUrl(base, path)).code).toBe('BAD_USER_INPUT')
    },
  )
})
