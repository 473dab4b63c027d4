import { readFileSync } from 'node:fs'
import { buildSchema, parse } from 'graphql'
import { blocksIn } from './documentation.ts'
import { fieldsOf, sampleOf } from './sample-fields.ts'
import { savedQueries } from './saved-queries.ts'

const isQuery = (text: string) => {
  const [definition] = parse(text).definitions
  return definition?.kind === 'OperationDefinition' && definition.operation === 'query'
}

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
const place = 'id provider vendorId name label source { status asOf certificateCount error { code message } }'
const certificate =
  '__typename id name provider expiresAt daysUntilExpiry expiryStatus lifetimeRemaining asOf stale parseIssues place { id }'

/** Queries about everything that an answer may be made from. */
const others = [
  `{ certificates(first: 100) { nodes { ${certificate} } totalCount complete fresh incompleteReasons sources { id status } } }`,
  `{ certificates(first: 3, filter: { nameContains: "a" }) { edges { cursor } pageInfo { endCursor hasNextPage } } }`,
  `{ certificates(first: 3, filter: { providers: [AKAMAI] }) { nodes { ${certificate} } } }`,
  `{ certificates(first: 20) { nodes { name keySize weaknesses { code } } } }`,
  `{ certificates(first: 3) { nodes { name pem } } }`,
  `{ certificates(first: 3, maxStaleness: "PT1H") { nodes { name } } }`,
  `{ certificatePlaces(first: 100) { nodes { ${place} } totalCount } }`,
  `{ certificatePlaces(first: 100) { nodes { id rateLimit { remaining } circuitOpen } } }`,
  `{ certificatePlaces(first: 100) { nodes { source { error { retryAfterSeconds } } } } }`,
  `{ certificateStatistics { totalCount byStatus { status count } complete } }`,
  '{ __schema { types { name } } }',
  '{ __typename }',
  '{ nothing }',
  '{ openAIOrganization(id: "org_bluequay") { id name projects { nodes { id name } totalCount } } }',
  '{ openAIOrganization(id: "org_bluequay") { certificates { nodes { id name isActive: active } totalCount } } }',
]

/** Every query that the tests have as data: of the documentation, of GraphiQL, of codegen, and one for each root field. */
export const queryCorpus: readonly string[] = [
  ...new Set([
    ...blocksIn('graphql')
      .filter(({ name }) => !name.startsWith('docs/federation.md'))
      .map(({ text }) => text)
      .filter(isQuery),
    ...savedQueries.filter(isQuery),
    ...['certificates'].map((name) => readFileSync(`test/operations/${name}.graphql`, 'utf8')),
    ...fieldsOf(schema, 'Query').map((field) => `{ ${sampleOf(field)} }`),
    ...others,
  ]),
]
