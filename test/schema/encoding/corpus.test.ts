import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type DocumentNode, execute, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql'
import { parseConfig } from '../../../src/config.ts'
import { EncodedLists } from '../../../src/encoded-lists.ts'
import { OwnerRules } from '../../../src/owners/owner-rules.ts'
import { providers } from '../../../src/providers/list.ts'
import { createSchema } from '../../../src/schema/schema.ts'
import { createTransport } from '../../../src/upstream/transport.ts'
import { type AnyConfig, createVendors } from '../../../src/vendors.ts'
import { somePlaces } from '../../support/callers.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createOperation } from '../../support/operation.ts'
import { invalidQuery, queryCorpus } from '../../support/query-corpus.ts'
import { createRandom } from '../../support/random.ts'
import { randomQuery } from '../../support/random-query.ts'
import { type Stack, startStack } from '../../support/stack.ts'

let stack: Stack
let schema: GraphQLSchema
const transport = createTransport(10_000_000)
beforeAll(async () => {
  stack = await startStack({ limits: false })
  const config = parseConfig(providers, { ...stack.file }, { env: {}, cwd: '/', mode: 'live' })
  const upstream = { ...idleUpstream, clock: stack.clock, transport }
  const { providers: configured }: AnyConfig = config
  const upstreamOf = (vendor: string) => ({ ...upstream, settings: configured[vendor]?.upstream ?? upstream.settings })
  schema = createSchema(createVendors(config.providers, upstreamOf, providers), {
    expiry: config.expiry,
    owners: new OwnerRules([{ match: { ...everything, names: ['*a*'] }, owner }]),
  })
})
afterAll(async () => {
  await transport.close()
  await stack.close()
})

const everything = { provider: null, places: null, names: null, subjectAltNames: null }
const owner = { name: 'web', contact: '#web', runbookUrl: null }
const permissions = new Set(['certificates:read', 'certificates:content'] as const)

async function answer(document: DocumentNode, places: ReadonlySet<string> | null, encodedLists?: EncodedLists) {
  const caller = { name: 'test', permissions, places, isIdentified: true }
  const deadline = stack.clock.elapsed() + 25_000
  const operation = createOperation({ caller, deadline, now: stack.clock.now(), encodedLists })
  const result = await execute({ schema, document, contextValue: operation })
  const { data, errors = [] } = encodedLists?.insertInto(result) ?? result
  return { data: JSON.parse(JSON.stringify(data)) as unknown, errors: errors.map(toComparable).sort() }
}

function toComparable({ message, path, locations, extensions: { code } }: GraphQLError): string {
  return JSON.stringify({ message: message.replaceAll(/request [\w-]+/g, 'request …'), path, locations, code })
}

const valid = queryCorpus.filter((text) => text !== invalidQuery && !/^\s*query[^{]*\$/.test(text))

describe.each([
  ['with access to every place', null],
  ['with access to some places', new Set(somePlaces)],
])('the answer to a caller %s', (_, places) => {
  /** Compares a query with the plain executor. Returns how many lists were encoded. */
  async function compare(text: string): Promise<number> {
    let encoded = 0
    const document = parse(text)
    expect([text, validate(schema, document)]).toEqual([text, []])
    // The second operation with the same document uses the texts that the first one has kept.
    for (const lists of [new EncodedLists(), new EncodedLists(), new EncodedLists()]) {
      const add = lists.add.bind(lists)
      lists.add = (...list) => {
        encoded += 1
        add(...list)
      }
      expect([text, await answer(document, places, lists)]).toEqual([text, await answer(parse(text), places)])
    }
    return encoded
  }

  it('is the same whether lists are encoded or completed by the executor', async () => {
    let encoded = 0
    for (const text of valid) encoded += await compare(text)
    expect(encoded).toBeGreaterThan(30)
  }, 120_000)

  it('is the same for lists with random fields', async () => {
    const random = createRandom(7)
    let encoded = 0
    for (let count = 0; count < 150; count += 1) encoded += await compare(randomQuery(schema, random))
    expect(encoded).toBeGreaterThan(150)
  }, 120_000)
})
