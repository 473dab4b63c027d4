import { randomUUID } from 'node:crypto'
import type { NotifyEndpoint } from '../../config/notify.ts'
import { loadConfig } from '../../config.ts'
import { type AttemptResult, attemptDelivery } from '../../notify/attempt.ts'
import { maxPause } from '../../notify/backoff.ts'
import { createWebhookTransport } from '../../notify/notifier.ts'
import { toTestPayload } from '../../notify/payload.ts'
import { providers } from '../../providers/list.ts'
import type { AnyConfig } from '../../vendors.ts'
import { version } from '../../version.ts'
import { type CommandEnvironment, optionValue, type RunCommand } from '../command.ts'
import { withOptions } from '../config-options.ts'
import { UsageError } from '../usage-error.ts'

/** The command does not see what a server keeps of its endpoints. */
const note =
  'This resumes no endpoint that a server has stopped or paused: /health of the server lists them, and a changed setting of the endpoint resumes it.\n'

/**
 * Sends a test message to each endpoint, or to one of them, and prints what it has answered. Neither the URL nor the secret is
 * printed. Returns 1 when an endpoint has not accepted the message.
 * @throws ConfigError, UsageError
 */
export const testNotify: RunCommand = async (given, environment) => {
  const { env, cwd, stdout } = environment
  const config: AnyConfig = loadConfig(providers, { env: withOptions(env, given), cwd })
  const endpoints = chosenOf(config.notify, optionValue(given, 'endpoint'))
  let failures = 0
  for (const endpoint of endpoints) {
    const { isDelivered, text } = await sendTest(endpoint, environment)
    if (!isDelivered) failures += 1
    stdout.write(`${isDelivered ? 'OK    ' : 'FAILED'}  ${endpoint.label}: ${text}\n`)
  }
  stdout.write(note)
  return failures === 0 ? 0 : 1
}

/** @param chosen a position or a name; undefined: all endpoints */
function chosenOf(endpoints: readonly NotifyEndpoint[], chosen: string | undefined): readonly NotifyEndpoint[] {
  if (endpoints.length === 0)
    throw new UsageError('notify has no endpoints; expected a configuration file with endpoints in notify')
  if (chosen === undefined) return endpoints
  const found = endpoints.filter(({ label }, index) => [label, String(index), `notify[${index}]`].includes(chosen))
  if (found.length > 0) return found
  const last = endpoints.length - 1
  throw new UsageError(`--endpoint names no endpoint of notify; expected a name, or a position from 0 to ${last}`)
}

async function sendTest(endpoint: NotifyEndpoint, { clock }: Pick<CommandEnvironment, 'clock'>) {
  const transport = createWebhookTransport(endpoint)
  const startedAt = clock.elapsed()
  try {
    const message = { id: `msg_${randomUUID()}`, body: JSON.stringify(toTestPayload(clock.now())) }
    const result = await attemptDelivery(endpoint, message, { clock, transport, version })
    const took = `${Math.round(clock.elapsed() - startedAt)} ms`
    return result.kind === 'delivered'
      ? { isDelivered: true, text: `answered ${result.status}, ${took}` }
      : { isDelivered: false, text: `${result.reason}, ${took}${consequenceOf(result, clock.now())}` }
  } finally {
    await transport.close()
  }
}

/** What a server does after the same answer. */
function consequenceOf(result: Exclude<AttemptResult, { kind: 'delivered' }>, now: number): string {
  if (result.kind === 'gone') return '; a server stops the endpoint'
  if (!result.retryAfter) return ''
  return `; a server pauses the endpoint until ${new Date(now + Math.min(result.retryAfter, maxPause)).toISOString()}`
}
