import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startOpenAISandbox } from '../../../src/providers/openai/sandbox.ts'
import { organizationId, type Result } from '../mutations.ts'
import { findOnly } from '../rewriting.ts'
import { startRedis } from './redis-server.ts'

const script = fileURLToPath(new URL('writing-replica.ts', import.meta.url))
const tsx = import.meta.resolve('tsx')

/** The selection of each success type. */
const successes = {
  uploadOpenAICertificate: 'certificate { id certificateId name }',
  deleteOpenAICertificate: 'deletedId certificateId',
  deactivateOpenAICertificates: 'certificates { id certificateId name active }',
}
type Field = keyof typeof successes

/** A process of the program. */
export interface WritingReplica {
  /** Runs a mutation in the organization, if given with the header Idempotency-Key. */
  mutate(field: Field, input: object, idempotencyKey?: string): Promise<Result>
  /** Suspends the process until it is resumed. */
  suspend(): void
  resume(): void
  /** Ends the process at once. */
  kill(): Promise<void>
}

export type WritingGroup = Awaited<ReturnType<typeof startWritingGroup>>

/** Processes of the program that change certificates at one emulator of OpenAI and share a Redis. */
export async function startWritingGroup() {
  const redis = await startRedis()
  const openai = await startOpenAISandbox({ now: Date.now, limits: false })
  const organization = findOnly(openai.state.organizations, () => true)
  const replicas: WritingReplica[] = []
  const file = {
    openai: openai.config,
    writes: 'enabled',
    redis: { url: redis.url, replicas: 2 },
    upstream: { deadline: '60s' },
  }
  return {
    redis,
    openai,
    organization,
    /** The calls that changed something. */
    writes: () => openai.emulator.calls.filter(({ method }) => method !== 'GET'),
    async join(): Promise<WritingReplica> {
      const replica = await startWritingReplica(file)
      replicas.push(replica)
      return replica
    },
    async close() {
      await Promise.all(replicas.map((replica) => replica.kill()))
      await openai.close()
      await redis.stop()
    },
  }
}

async function startWritingReplica(file: object): Promise<WritingReplica> {
  const child = fork(script, { execArgv: ['--import', tsx], stdio: ['ignore', 'inherit', 'ignore', 'ipc'] })
  child.send(file)
  const [url] = (await once(child, 'message')) as [string]
  return {
    async mutate(field, input, idempotencyKey) {
      const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}`
      const query = `mutation ($input: ${type}Input!) {
        result: ${field}(input: $input) {
          __typename
          ... on CertificateMutationError { code message }
          ... on ${type}Success { ${successes[field]} }
        }
      }`
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(idempotencyKey !== undefined && { 'idempotency-key': `"${idempotencyKey}"` }),
        },
        body: JSON.stringify({ query, variables: { input: { organizationId, ...input } } }),
      })
      const { data } = (await response.json()) as { readonly data: { readonly result: Result } }
      return data.result
    },
    suspend: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
