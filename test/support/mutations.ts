import type { Effect } from '../../src/sandbox/fault.ts'
import { type CertificateRequest, issueCertificate } from '../../src/sandbox/issue-certificate.ts'
import { findOnly } from './rewriting.ts'
import { type Stack, type StackOptions, startStack } from './stack.ts'

/** The fields of every member of a mutation's result union. */
export interface Result {
  readonly __typename: string
  readonly message?: string
  readonly code?: string
  readonly dryRun?: boolean
  readonly deletedId?: string
  readonly certificateId?: string
  readonly certificate?: Certificate
  readonly certificates?: readonly Certificate[]
  readonly activeIn?: readonly { readonly name: string | null }[]
  readonly retryAfterSeconds?: number | null
}

export interface Certificate {
  readonly id: string
  readonly certificateId: string
  readonly name: string | null
  readonly active: boolean | null
}

const error = `
  ... on CertificateMutationError { message code }
  ... on CertificateConflictError { activeIn { name } }
  ... on CertificateRateLimitedError { retryAfterSeconds }
`
const certificate = 'id certificateId name active'
const successes = {
  upload: `... on UploadOpenAICertificateSuccess { dryRun certificate { ${certificate} } }`,
  rename: `... on RenameOpenAICertificateSuccess { dryRun certificate { ${certificate} } }`,
  delete: '... on DeleteOpenAICertificateSuccess { dryRun deletedId certificateId }',
  activate: `... on ActivateOpenAICertificatesSuccess { dryRun certificates { ${certificate} } }`,
  deactivate: `... on DeactivateOpenAICertificatesSuccess { dryRun certificates { ${certificate} } }`,
}
const fields = {
  upload: 'uploadOpenAICertificate',
  rename: 'renameOpenAICertificate',
  delete: 'deleteOpenAICertificate',
  activate: 'activateOpenAICertificates',
  deactivate: 'deactivateOpenAICertificates',
}

export type Verb = keyof typeof fields

export const verbs: readonly Verb[] = ['upload', 'rename', 'delete', 'activate', 'deactivate']
/** Those that are not sent again when the outcome is not known. */
export const sentOnce: readonly Verb[] = ['upload', 'rename', 'delete']

export const organizationId = 'org_bluequay'

/** The document of a mutation, with the variable `$input` and the alias `result`. */
function documentOf(verb: Verb): string {
  const field = fields[verb]
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
  return `mutation ($input: ${type}!) { result: ${field}(input: $input) { __typename ${successes[verb]} ${error} } }`
}

/** Longer than any reading is used, also after an error. */
const twoDays = 172_800_000

/** Starts the program with writes enabled. */
export async function startWriting(options: StackOptions = {}) {
  const stack = await startStack({ configure: (file) => ({ ...file, writes: 'enabled' }), ...options })
  const { emulator, state } = stack.openai
  const organization = findOnly(state.organizations, () => true)
  const seed = structuredClone({ generation: state.generation, organization })
  let logStart = 0
  const idOf = (name: string) => findOnly(organization.certificates, (each) => each.name === name).id
  return {
    stack,
    organization,
    /** Restores what the vendor has and lets all readings expire: the program is as it was after the start. */
    async reset(): Promise<void> {
      emulator.reset()
      emulator.latency = 0
      const { generation, organization: original } = structuredClone(seed)
      state.generation = generation
      Object.assign(organization, original)
      stack.clock.advance(twoDays)
      // A success closes the circuit and makes the account healthy again.
      await readCertificates(stack)
      stack.clock.advance(twoDays)
      emulator.reset()
      logStart = stack.log.length
    },
    /** The audit lines since the start or the last reset. */
    audits: () => stack.log.slice(logStart).filter(({ audit }) => audit !== undefined),
    /** The vendor's id of a certificate, by its name. */
    idOf,
    projectIdOf: (name: string) => findOnly(organization.projects, (each) => each.name === name).id,
    /** An input with which the mutation succeeds. */
    async inputFor(verb: Verb): Promise<object> {
      const certificateId = idOf('Load tests')
      switch (verb) {
        case 'upload':
          return { content: await issueAuthority(stack.clock.now()), name: 'New clients' }
        case 'rename':
          return { certificateId, name: 'Load tests, old' }
        case 'delete':
          return { certificateId }
        case 'activate':
          return { certificateIds: [certificateId] }
        case 'deactivate':
          return { certificateIds: [idOf('Batch workers')] }
      }
    },
    /** Makes calls that change something fail, the next `times` times. */
    failWrites: (effect: Effect, times = 1) =>
      emulator.fault({ match: ({ method }) => method !== 'GET', effect, times }),
    /** Runs a mutation in the organization. @throws when the response has an error: mutations return errors as data */
    async mutate(verb: Verb, input: object): Promise<Result> {
      const { data, errors } = await stack.ask<{ result: Result }>(documentOf(verb), {
        input: { organizationId, ...input },
      })
      if (errors) throw new Error(JSON.stringify(errors))
      return data.result
    },
    /** The calls that change something. */
    writes: () => emulator.calls.filter(({ method }) => method !== 'GET'),
    close: () => stack.close(),
  }
}

export type Writing = Awaited<ReturnType<typeof startWriting>>

/** The certificates of the organization in the API, by the vendor's id. */
export async function readCertificates({ ask }: Pick<Stack, 'ask'>): Promise<ReadonlyMap<string, Certificate>> {
  const { data } = await ask<{ openAIOrganization: { certificates: { nodes: Certificate[] } } }>(
    `{ openAIOrganization(id: "${organizationId}") { certificates(first: 100) { nodes { ${certificate} } } } }`,
  )
  return new Map(data.openAIOrganization.certificates.nodes.map((each) => [each.certificateId, each]))
}

const day = 86_400_000

/** Issues a CA certificate in PEM, by default valid for a year from `now`. */
export async function issueAuthority(now: number, request: Partial<CertificateRequest> = {}): Promise<string> {
  const { pem } = await issueCertificate({
    subject: 'CN=New Client CA,O=Bluequay Freight,C=NL',
    serialNumber: '0badcafe',
    notBefore: new Date(now - day),
    notAfter: new Date(now + 365 * day),
    keyAlgorithm: 'ECDSA',
    authority: true,
    ...request,
  })
  return `${pem.trim()}\n`
}
