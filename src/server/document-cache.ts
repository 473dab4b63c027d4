import { LRUCache } from 'lru-cache'

const mostDocuments = 1_000
const mostCharacters = 4_000_000

interface Cache<Value> {
  get(text: string): Value | undefined
  set(text: string, value: Value): void
}

/** Keeps what was made of documents, by their text: so many of them, and never more text than a process can spare. */
export function createDocumentCache<Value extends object | string>(): Cache<Value> {
  return new LRUCache<string, Value>({
    max: mostDocuments,
    maxSize: mostCharacters,
    // What is parsed weighs several times its text.
    sizeCalculation: (_value, text) => text.length + 1,
  })
}
