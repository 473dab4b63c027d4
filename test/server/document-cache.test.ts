import { describe, expect, it } from '@jest/globals'
import { createDocumentCache } from '../../src/server/document-cache.ts'

const count = <Value extends object | string>(
  cache: ReturnType<typeof createDocumentCache<Value>>,
  keys: readonly string[],
) => keys.filter((key) => cache.get(key) !== undefined).length

const keys = Array.from({ length: 2_000 }, (_, index) => `hash-${index}`)

describe('a cache of documents', () => {
  it('keeps the last thousand', () => {
    const cache = createDocumentCache<string>()
    for (const key of keys) cache.set(key, '{ __typename }')
    expect(count(cache, keys)).toBe(1_000)
    expect(count(cache, keys.slice(-1_000))).toBe(1_000)
  })

  it('keeps fewer texts when they are long, by whatever short hash they are known', () => {
    const cache = createDocumentCache<string>()
    for (const key of keys) cache.set(key, 'x'.repeat(100_000))
    expect(count(cache, keys)).toBe(39)
  })

  it('keeps fewer of what was made of texts when those are long', () => {
    const cache = createDocumentCache<object>()
    const texts = keys.slice(0, 100).map((key) => key.padEnd(100_000))
    for (const text of texts) cache.set(text, {})
    expect(count(cache, texts)).toBe(39)
  })
})
