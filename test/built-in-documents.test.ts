import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from '@jest/globals'
import { Kind, type OperationDefinitionNode, parse, print } from 'graphql'
import { builtInDocuments } from '../src/built-in-documents.ts'
import { checkOperations } from '../src/check-operations.ts'
import { createFolder } from './support/folder.ts'
import { type GraphQLAnswer, type Stack, startStack } from './support/stack.ts'

const modes = ['off', 'allow', 'require'] as const
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

let stack: Stack
afterEach(() => stack.close())

/** A server with a list of one other document, or of these. */
async function start(mode: (typeof modes)[number], documents = listed, more: object = {}): Promise<void> {
  const file = `${createFolder({ 'documents.json': JSON.stringify(documents) })}/documents.json`
  stack = await startStack({
    limits: false,
    configure: (config) => ({ ...config, documents: { mode, ...(mode !== 'off' && { file }) }, ...more }),
  })
}

const listedText = 'query Listed { certificates(first: 1) { totalCount } }'
const listed = { [sha256(listedText)]: listedText }

async function send(body: object): Promise<GraphQLAnswer<Record<string, unknown>>> {
  const response = await fetch(stack.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as GraphQLAnswer<Record<string, unknown>>
}

function operationIn(text: string): OperationDefinitionNode {
  const operations = parse(text).definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION)
  expect(operations).toHaveLength(1)
  return operations[0] as OperationDefinitionNode
}

/** The id of a certificate, for a variable that is required. */
async function certificateId(): Promise<string> {
  const first = [...builtInDocuments].find(([, text]) => text.includes('query CertgraphCheck('))?.[0]
  const { data } = await send({ documentId: first })
  const { nodes } = data['certificates'] as { nodes: { id: string }[] }
  return nodes[0]?.id ?? ''
}

/** Values with which an operation is executed: those that are required, and a whole page of the lists. */
function variablesOf({ variableDefinitions = [] }: OperationDefinitionNode, id: string): object {
  const required: Readonly<Record<string, unknown>> = {
    'ID!': id,
    '[ID!]!': [id],
    'Duration!': 'P14D',
    'Int!': 100,
    'CertificateFilter!': { expiresWithin: 'P14D' },
    'String!': 'ab'.repeat(32),
  }
  const values = variableDefinitions.flatMap(({ variable, type, defaultValue }) => {
    if (variable.name.value === 'first') return [['first', 100]]
    if (type.kind !== Kind.NON_NULL_TYPE || defaultValue) return []
    // A variable of another type needs a value above.
    expect(Object.keys(required)).toContain(print(type))
    return [[variable.name.value, required[print(type)]]]
  })
  return Object.fromEntries(values)
}

describe('the built-in documents', () => {
  it.each(modes)('are executed by their ids, without being listed, mode %s', async (mode) => {
    await start(mode)
    const id = await certificateId()
    for (const [documentId, text] of builtInDocuments) {
      const answer = await send({ documentId, variables: variablesOf(operationIn(text), id) })
      expect([text, answer.errors]).toEqual([text, undefined])
      expect(Object.values(answer.data)).not.toContain(null)
    }
  })

  it('are found by the other parameters for ids, with the prefix of a hash and without', async () => {
    await start('require')
    for (const text of checkOperations) {
      const hash = sha256(text)
      for (const body of [
        { id: hash },
        { doc_id: `sha256:${hash}` },
        { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } },
      ])
        expect(await send(body)).not.toHaveProperty('errors')
    }
  })

  it('are the only ones besides the list where trusted documents are required', async () => {
    await start('require')
    expect(await send({ documentId: sha256(listedText) })).not.toHaveProperty('errors')
    const other = '{ certificates(first: 2) { totalCount } }'
    const texts = [...builtInDocuments.values()]
    for (const body of [
      { query: other },
      { documentId: sha256(other) },
      { documentId: `sha256:${sha256(other)}` },
      { documentId: sha256(other), query: other },
      // Only ids are accepted, not the texts.
      ...texts.map((query) => ({ query })),
      ...texts.map((text) => ({ documentId: sha256(`${text} `) })),
    ])
      expect(await send(body)).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' } }] })
  })

  it('are the only ones where trusted documents are required and there is no list', async () => {
    stack = await startStack({ limits: false, configure: (config) => ({ ...config, documents: { mode: 'require' } }) })
    const id = await certificateId()
    expect(id).not.toBe('')
    for (const [documentId, text] of builtInDocuments)
      expect(await send({ documentId, variables: variablesOf(operationIn(text), id) })).not.toHaveProperty('errors')
    for (const body of [{ query: listedText }, { documentId: sha256(listedText) }])
      expect(await send(body)).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' } }] })
    const { status, headers } = await fetch(new URL('/certificates.csv', stack.url))
    expect([status, headers.get('x-certgraph-complete')]).toEqual([200, 'true'])
  })

  it('have an id that is the SHA-256 of their text', () => {
    for (const [id, text] of builtInDocuments) expect(id.replace('sha256:', '')).toBe(sha256(text))
  })

  it('are valid for the schema and within the default limits', async () => {
    // Documents of a list are checked at the start.
    await start('require', Object.fromEntries(builtInDocuments))
    expect(stack.log.filter(({ level }) => Number(level) > 30)).toEqual([])
  })

  it('are refused like other operations above a lower limit, which does not prevent the start', async () => {
    await start('off', listed, { limits: { cost: 5 } })
    const [id] = [...builtInDocuments].find(([, text]) => text.includes('query CertgraphCheck(')) ?? []
    expect(await send({ documentId: id })).toMatchObject({ errors: [{ extensions: { code: 'QUERY_TOO_COSTLY' } }] })
  })
})
