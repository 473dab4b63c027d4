import { startAkamaiSandbox } from '../../src/providers/akamai/sandbox.ts'
import { startLivePersonSandbox } from '../../src/providers/liveperson/sandbox.ts'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'

const secrets = new Set(['adminKey', 'clientToken', 'clientSecret', 'accessToken', 'tokens'])

/** The states of the vendors when they are started at that moment. */
export async function startedAt(moment: number) {
  const options = { now: () => moment }
  const [openai, akamai, liveperson] = await Promise.all([
    startOpenAISandbox(options),
    startAkamaiSandbox(options),
    startLivePersonSandbox(options),
  ])
  await Promise.all([openai.close(), akamai.close(), liveperson.close()])
  return { openai: openai.state, akamai: akamai.state, liveperson: liveperson.state }
}

export type States = Awaited<ReturnType<typeof startedAt>>

export const withoutSecrets = (states: States): unknown =>
  JSON.parse(JSON.stringify(states, (key, value: unknown) => (secrets.has(key) ? undefined : value)))
