import { LRUCache } from 'lru-cache'

const mostDocuments = 1_000
const mostCharacters = 4_000_000

interface Cache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
}

/** Keeps documents, or what was made of them: so many of them, and never more text than a process can spare. */
export function createDocumentCache<Value extends object | string>(): Cache<Value> {
  return new LRUCache<string, Value>({
    max: mostDocuments,
    maxSize: mostCharacters,
    // What is parsed weighs several times its text, by which it is known; a text is known by its hash.
    sizeCalculation: (value, key) => key.length + (typeof value === 'string' ? value.length : 0) + 1,
  })
}
