import { LRUCache } from 'lru-cache'

const maxDocuments = 1_000
const maxCharacters = 4_000_000

interface Cache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
}

/** Caches documents, or what was made of them, bounded by number and by length of text. */
export function createDocumentCache<Value extends object | string>(): Cache<Value> {
  return new LRUCache<string, Value>({
    max: maxDocuments,
    maxSize: maxCharacters,
    // The key of a parsed document is its text; the key of a text is its hash.
    sizeCalculation: (value, key) => key.length + (typeof value === 'string' ? value.length : 0) + 1,
  })
}
