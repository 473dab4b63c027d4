import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { passTime, whileTimePasses } from '../support/passing-time.ts'
import { type ReloadableProgram, startReloadableProgram } from '../support/reloadable-program.ts'
import { firstOf } from '../support/rewriting.ts'
import { webhookSecret } from '../support/test-notifier.ts'
import { until } from '../support/until.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

let receiver: WebhookReceiver
let program: ReloadableProgram
beforeEach(async () => {
  receiver = await startWebhookReceiver()
  program = await startReloadableProgram((file) => ({ ...file, upstream: { prefetch: false } }))
})
afterEach(async () => {
  await program.close()
  await receiver.close()
})

const read = () =>
  whileTimePasses(program.clock, program.ask('{ certificates(first: 1, maxStaleness: "PT1S") { totalCount } }'), 60_000)

it('sends to an endpoint that a configuration has added, and once when it is read again', async () => {
  const endpoint = { name: 'ops', url: receiver.url, secret: webhookSecret, allowPrivate: true }
  const file = { ...program.file, upstream: { prefetch: false } }
  await read()
  await program.reload({ ...file, notify: [endpoint] })
  await passTime(program, 5_000, 1_000)
  await program.reload({ ...file, notify: [endpoint], writes: 'disabled' })
  await passTime(program, 5_000, 1_000)
  const organization = firstOf(program.openai.state.organizations)
  organization.certificates.push({ ...firstOf(organization.certificates), id: 'cert_new', name: 'new' })
  await passTime(program, 600_000)
  await read()
  // The receiver has a certificate of an authority that this process does not trust.
  const attempts = () => program.log.filter(({ endpoint: name }) => name === 'ops')
  await until(() => attempts().length > 0)
  await passTime(program, 5_000, 1_000)
  expect(attempts()).toMatchObject([{ msg: 'notification not delivered', type: 'certificate.appeared', attempt: 1 }])
  await program.reload({ ...file, notify: [] })
  await passTime(program, 60_000, 5_000)
  expect(attempts()).toHaveLength(1)
})
