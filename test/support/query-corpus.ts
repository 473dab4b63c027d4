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

export const invalidQuery = '{ nothing }'

/** Queries about everything that an answer may be made from. */
const others = [
  `{ certificates(first: 100) { nodes { ${certificate} } totalCount complete fresh incompleteReasons sources { id status } } }`,
  `{ certificates(first: 3, filter: { nameContains: "a" }) { edges { cursor } pageInfo { endCursor hasNextPage } } }`,
  `{ certificates(first: 3, filter: { providers: [AKAMAI] }) { nodes { ${certificate} } } }`,
  `{ certificates(first: 20) { nodes { name keySize weaknesses } } }`,
  `{ certificates(first: 3) { nodes { name pem } } }`,
  `{ certificates(first: 3, maxStaleness: "PT1H") { nodes { name } } }`,
  `{ certificatePlaces(first: 100) { nodes { ${place} } totalCount } }`,
  `{ certificatePlaces(first: 100) { nodes { id rateLimit { remaining } circuitOpen } } }`,
  `{ certificatePlaces(first: 100) { nodes { source { error { retryAfterSeconds } } } } }`,
  `{ certificateStatistics { total byExpiryStatus { key count } byPlace { key { id } count } complete } }`,
  '{ certificates(first: 100) { nodes { id ... on AkamaiCertificate { deployments { network role dnsNames } } } } }',
  '{ certificates(first: 100) { edges { node { ... on AkamaiCertificate { deployments { network } } } } } }',
  '{ certificates(first: 100) { nodes { ... on AkamaiCertificate { enrollment { id pendingChanges { changeType location } } } } } }',
  '{ akamaiContract(id: "K-2CB4PY1") { enrollments(first: 10) { nodes { id deployedCertificates { id name daysUntilExpiry } } } } }',
  '{ akamaiContract(id: "K-2CB4PY1") { enrollments(first: 10) { nodes { pendingChanges { changeType } deployedCertificates { id deployments { network } } } } } }',
  '{ akamaiContract(id: "K-2CB4PY1") { certificates(first: 10) { nodes { id deployments { network } enrollment { deployedCertificates { name } } } } } }',
  '{ certificateStatistics { duplicates { sha256Fingerprint certificates { id name } } } }',
  '{ __schema { types { name } } }',
  '{ __typename }',
  invalidQuery,
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
