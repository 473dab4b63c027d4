import { type CertificateRequest, issueCertificate } from '../../src/sandbox/issue-certificate.ts'
import { the } from './rewriting.ts'
import { type Stack, type StackOptions, startStack } from './stack.ts'

/** What any mutation answers, whichever member of its union it is. */
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

export const organizationId = 'org_bluequay'

/** The document of a mutation; its input is `$input`, and its result is called `result`. */
function documentOf(verb: Verb): string {
  const field = fields[verb]
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`
  return `mutation ($input: ${type}!) { result: ${field}(input: $input) { __typename ${successes[verb]} ${error} } }`
}

/** The three vendors with writes allowed, and a way to make them. */
export async function startWriting(options: StackOptions = {}) {
  const stack = await startStack({ configure: (file) => ({ ...file, writes: 'enabled' }), ...options })
  const organization = the(stack.openai.state.organizations, () => true)
  return {
    stack,
    organization,
    /** The vendor's id of a certificate, by its name. */
    idOf: (name: string) => the(organization.certificates, (each) => each.name === name).id,
    projectIdOf: (name: string) => the(organization.projects, (each) => each.name === name).id,
    /** Makes a mutation in the organization, and gives its result; an error beside it would be a bug. */
    async mutate(verb: Verb, input: object): Promise<Result> {
      const { data, errors } = await stack.ask<{ result: Result }>(documentOf(verb), {
        input: { organizationId, ...input },
      })
      if (errors) throw new Error(JSON.stringify(errors))
      return data.result
    },
    /** Calls that would change something. */
    writes: () => stack.openai.emulator.calls.filter(({ method }) => method !== 'GET'),
    close: () => stack.close(),
  }
}

export type Writing = Awaited<ReturnType<typeof startWriting>>

/** Every certificate of the organization as the graph tells it, by the vendor's id. */
export async function readCertificates({ ask }: Pick<Stack, 'ask'>): Promise<ReadonlyMap<string, Certificate>> {
  const { data } = await ask<{ openAIOrganization: { certificates: { nodes: Certificate[] } } }>(
    `{ openAIOrganization(id: "${organizationId}") { certificates(first: 100) { nodes { ${certificate} } } } }`,
  )
  return new Map(data.openAIOrganization.certificates.nodes.map((each) => [each.certificateId, each]))
}

const day = 86_400_000

/** A CA certificate in PEM, valid for a year from that moment unless told. */
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
