import { afterEach, describe, expect, it } from '@jest/globals'
import { getIntrospectionQuery } from 'graphql'
import { ConfigError } from '../../src/config/mistakes.ts'
import { createFolder } from '../support/folder.ts'
import { sendRequest } from '../support/http-client.ts'
import { type SandboxFile, type Stack, startStack } from '../support/stack.ts'

const hash = '2c26b46b68ffc68ff99b453c1d30413413422d70'
const tooDeep = `{ certificatePlaces { nodes { ${'source { place { '.repeat(6)} id ${'} } '.repeat(6)} } } }`
const dear = (size: string) =>
  `certificates(first: ${size}) { nodes { ... on AkamaiCertificate { contract { certificates { nodes { subject } } } } } }`
const withDocuments = (mode: string, list: object) => {
  const folder = createFolder({ 'list.json': JSON.stringify(list) })
  return (file: SandboxFile) => ({ ...file, documents: { mode, file: `${folder}/list.json` } })
}

describe('the application', () => {
  let stack: Stack
  afterEach(() => stack.close())
  const post = async (body: object) => {
    const response = await fetch(stack.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return response.json()
  }
  const lines = () => stack.log.filter(({ msg }) => msg === 'operation')

  it('logs the cost of an operation and the number of its vendor calls', async () => {
    stack = await startStack()
    const query = 'query Names { certificates { nodes { name } } }'
    await stack.ask(query)
    const calls = stack.callsTo('').length
    expect(calls).toBeGreaterThan(3)
    await stack.ask(query)
    await stack.ask(
      'query Contents { certificates(filter: { providers: [OPENAI] }) { nodes { ... on OpenAICertificate { pem } } } }',
    )
    const contents = stack.callsTo('').length - calls
    expect(lines()).toMatchObject([
      { operationName: 'Names', cost: 30, upstreamCalls: calls },
      { operationName: 'Names', cost: 30, upstreamCalls: 0 },
      { operationName: 'Contents', cost: 230, upstreamCalls: contents },
    ])
    expect(contents).toBeGreaterThan(0)
  })

  it('executes only trusted documents and serves no GraphiQL when they are required', async () => {
    const document = 'query Listed { certificates(first: 1) { nodes { provider } } }'
    stack = await startStack({ configure: withDocuments('require', { [hash]: document }) })
    expect(await post({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } })).toMatchObject({
      data: { certificates: { nodes: [{}] } },
    })
    const refused = { errors: [{ extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' } }] }
    expect(await post({ query: document })).toMatchObject(refused)
    expect(await post({ query: getIntrospectionQuery() })).toMatchObject(refused)
    const page = await sendRequest(stack.url, { headers: { accept: 'text/html' } })
    expect(page.body).not.toContain('<html')
  })

  it('applies the configured limits of nodes and representations', async () => {
    stack = await startStack({ configure: (file) => ({ ...file, limits: { nodes: 2, representations: 1 } }) })
    const ids = ['a', 'b', 'c']
    expect(await stack.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })).toMatchObject({
      errors: [
        { message: 'ids: 3 entries; expected at most 2', extensions: { code: 'BAD_USER_INPUT', ids: 3, limit: 2 } },
      ],
    })
    const entities = 'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }'
    const of = ids.map((id) => ({ __typename: 'OpenAIOrganization', id }))
    expect(await stack.ask(entities, { of })).toMatchObject({
      errors: [
        {
          message: 'representations: 3 entries; expected at most 1',
          extensions: { code: 'BAD_USER_INPUT', representations: 3, limit: 1 },
        },
      ],
    })
  })
})

describe('a trusted document', () => {
  it.each([
    ['that selects a field which does not exist', '{ nothing }', 'Cannot query field "nothing"'],
    ['that is over a limit', tooDeep, 'The depth of the query is 15; the limit is 12'],
    ['that costs too much', `query A { ${dear('100')} } query B { __typename }`, 'costs 23210; the limit is 5000'],
    [
      'that costs too much with its default variables',
      `query A($n: Int = 100) { ${dear('$n')} }`,
      'costs 23210; the limit is 5000',
    ],
    ['that is too long', `{ certificates { ${'nodes { id } '.repeat(600)} } }`, 'tokens'],
  ])('%s prevents the start', async (_name, document, told) => {
    const started = startStack({ configure: withDocuments('allow', { [hash]: document }) })
    await expect(started).rejects.toThrow(ConfigError)
    await expect(started).rejects.toThrow(told)
    await expect(started).rejects.toThrow(hash)
  })

  it('that is too costly only with some variables does not prevent the start', async () => {
    const document = `query A($n: Int!) { ${dear('$n')} }`
    const stack = await startStack({ configure: withDocuments('allow', { [hash]: document }) })
    await stack.close()
  })
})
