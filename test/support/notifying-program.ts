import { once } from 'node:events'
import { join } from 'node:path'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'
import { addressOf, type BuiltProgram } from './built-program.ts'
import { createFolder } from './folder.ts'
import { until } from './redis/until.ts'
import { firstOf } from './rewriting.ts'
import { webhookSecret } from './test-notifier.ts'
import { startWebhookReceiver } from './webhook-receiver.ts'

export type NotifyingProgram = Awaited<ReturnType<typeof prepareNotifyingProgram>>

/** An emulator of OpenAI with one certificate, a receiver, and a folder with the configuration of a program between them. */
export async function prepareNotifyingProgram(program: Pick<BuiltProgram, 'start'>) {
  const receiver = await startWebhookReceiver()
  const openai = await startOpenAISandbox({ now: Date.now, limits: false, scale: { certificatesPerOrganization: 1 } })
  const endpoint = { name: 'ops', url: receiver.url, secret: webhookSecret, allowPrivate: true }
  const spawn = (settings: object, ...words: string[]) => {
    const file = {
      openai: openai.config,
      upstream: { ttl: '1s', minReadingAge: '1s', staleWhileRevalidate: '0s' },
      notify: [endpoint],
      ...settings,
    }
    const folder = createFolder({ 'certgraph.config.yaml': JSON.stringify(file), 'ca.pem': receiver.ca })
    const env = {
      HOME: folder,
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      // A proxy that does not exist: a program that used it would reach no receiver.
      HTTPS_PROXY: 'http://127.0.0.1:1',
      https_proxy: 'http://127.0.0.1:1',
      NODE_USE_ENV_PROXY: '1',
    }
    const child = program.start(env, folder, ...words)
    return child
  }
  return {
    receiver,
    openai,
    endpoint,
    spawn,
    /** Starts the program, and waits until it has read its places. */
    async start(settings: object) {
      const child = spawn(settings)
      child.stderr.resume()
      const { url } = await addressOf(child)
      await until(async () => {
        const response = await fetch(`${url}/health`)
        const { places } = (await response.json()) as { readonly places: readonly { readonly status: string }[] }
        return places.some(({ status }) => status === 'OK')
      })
      return {
        /** What `/health` reports of the endpoints. */
        async notify(): Promise<unknown> {
          const response = await fetch(`${url}/health`)
          return ((await response.json()) as { readonly notify?: unknown }).notify
        },
        async kill() {
          child.kill('SIGKILL')
          await once(child, 'exit')
        },
      }
    },
    /** Adds a certificate at the vendor. */
    upload(id: string): void {
      const organization = firstOf(openai.state.organizations)
      organization.certificates.push({ ...firstOf(organization.certificates), id, name: id })
    },
    /** The names of the certificates whose changes were received. */
    names: () => receiver.messages.flatMap(({ data }) => nameIn(data['change']) ?? []),
    async close(): Promise<void> {
      await openai.close()
      await receiver.close()
    },
  }
}

function nameIn(change: unknown): string | null {
  return typeof change === 'object' && change !== null && 'name' in change ? String(change.name) : null
}
