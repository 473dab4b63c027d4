import { describe, expect, it } from '@jest/globals'
import { createDocumentCache } from '../../src/server/document-cache.ts'

const count = <Value extends object | string>(
  cache: ReturnType<typeof createDocumentCache<Value>>,
  keys: readonly string[],
) => keys.filter((key) => cache.get(key) !== undefined).length

const keys = Array.from({ length: 2_000 }, (_, index) => `hash-${index}`)

describe('the document cache', () => {
  it('keeps the last 1,000 documents', () => {
    const cache = createDocumentCache<string>()
    for (const key of keys) cache.set(key, '{ __typename }')
    expect(count(cache, keys)).toBe(1_000)
    expect(count(cache, keys.slice(-1_000))).toBe(1_000)
  })

  it('keeps fewer long texts, whatever the length of their keys', () => {
    const cache = createDocumentCache<string>()
    for (const key of keys) cache.set(key, 'x'.repeat(100_000))
    expect(count(cache, keys)).toBe(39)
  })

  it('keeps fewer parsed documents when their texts are long', () => {
    const cache = createDocumentCache<object>()
    const texts = keys.slice(0, 100).map((key) => key.padEnd(100_000))
    for (const text of texts) cache.set(text, {})
    expect(count(cache, texts)).toBe(39)
  })
})
