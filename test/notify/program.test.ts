import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readAgain } from '../support/change-history.ts'
import { runCommand } from '../support/command-line.ts'
import { createFolder } from '../support/folder.ts'
import { passTime, whileTimePasses } from '../support/passing-time.ts'
import { firstOf } from '../support/rewriting.ts'
import { sampleValue } from '../support/samples.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { webhookSecret } from '../support/test-notifier.ts'
import { until } from '../support/until.ts'
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts'

const day = 86_400_000
let receiver: WebhookReceiver
beforeEach(async () => {
  receiver = await startWebhookReceiver()
})
afterEach(() => receiver.close())

describe('the program', () => {
  let stack: Stack
  afterEach(() => stack.close())

  const start = async (more: object = {}) => {
    stack = await startStack({
      limits: false,
      scale: {
        openai: { organizations: 1, certificatesPerOrganization: 2, projectsPerOrganization: 1 },
        akamai: { contractsPerAccount: 1, enrollmentsPerContract: 1 },
        liveperson: { accounts: 1, certificatesPerAccount: 1 },
      },
      configure: (file) => ({
        ...file,
        metrics: { enabled: true },
        upstream: { prefetch: false },
        notify: [{ name: 'ops', url: receiver.url, secret: webhookSecret, allowPrivate: true }],
        ...more,
      }),
    })
    await readAgain(stack)
  }
  const startedFile = async () => {
    await start()
    return stack.file
  }
  const health = async () => {
    const response = await fetch(stack.url.replace('/graphql', '/health'))
    return (await response.json()) as Record<string, unknown>
  }
  const value = async (name: string, labels = {}) =>
    sampleValue(await stack.scrape(), `certgraph_notify_${name}`, { endpoint: 'ops', ...labels })

  it('reports an endpoint that fails in /health, the metrics and the log, and its URL nowhere', async () => {
    await start()
    expect(await health()).not.toHaveProperty('notify')
    expect(await value('deliveries_total', { result: 'failed' })).toBe(0)
    expect(await value('endpoint_up')).toBe(1)
    const organization = firstOf(stack.openai.state.organizations)
    organization.certificates.push({ ...firstOf(organization.certificates), id: 'cert_new', name: 'new' })
    await readAgain(stack)
    await until(() => stack.log.some(({ msg }) => msg === 'notification not delivered'))
    expect(stack.log.find(({ msg }) => msg === 'notification not delivered')).toMatchObject({
      endpoint: 'ops',
      type: 'certificate.appeared',
      attempt: 1,
      reason: 'no trusted TLS connection (DEPTH_ZERO_SELF_SIGNED_CERT)',
    })
    await passTime(stack, 1_000)
    const failing = await health()
    expect(failing['notify']).toEqual([
      {
        endpoint: 'ops',
        status: 'failing',
        reason: 'no trusted TLS connection (DEPTH_ZERO_SELF_SIGNED_CERT)',
        waiting: 1,
      },
    ])
    expect(await value('deliveries_total', { result: 'failed' })).toBe(1)
    expect(await value('deliveries_total', { result: 'delivered' })).toBe(0)
    expect([await value('queue_messages'), await value('endpoint_up')]).toEqual([1, 0])
    expect(await value('queue_oldest_age_seconds')).toBeGreaterThanOrEqual(1)
    const told = [JSON.stringify(failing), await stack.scrape(), JSON.stringify(stack.wholeLog)].join()
    for (const part of [receiver.url, '/hook-0123456789abcdef', String(receiver.port), webhookSecret])
      expect(told).not.toContain(part)
  })

  it.each([
    ['with an endpoint for the organization', true],
    ['without an endpoint for the organization', false],
  ])('sends thresholds to an endpoint for a project, %s', async (_, hasOther) => {
    const file = await startedFile()
    await stack.close()
    const organizationId = firstOf(file.openai.organizations).id
    const projectId = firstOf(firstOf(stack.openai.state.organizations).projects).id
    const endpoint = (name: string, place: string) => ({
      name,
      url: `${receiver.url}-${name}`,
      secret: webhookSecret,
      allowPrivate: true,
      places: [place],
      kinds: ['EXPIRING', 'EXPIRED'],
    })
    const notify = [endpoint('project', projectId), ...(hasOther ? [endpoint('account', organizationId)] : [])]
    await start({ notify })
    const organization = firstOf(stack.openai.state.organizations)
    const project = firstOf(organization.projects)
    const certificate = firstOf(organization.certificates)
    for (const each of organization.certificates) each.expiresAt = (stack.clock.now() + 4_000 * day) / 1000
    certificate.expiresAt = (stack.clock.now() + 2 * day) / 1000
    project.certificates.splice(0, project.certificates.length, { certificateId: certificate.id, active: true })
    await readAgain(stack)
    await stack.ask(`{ certificates(filter: { placeIds: ["${projectId}"] }) { totalCount } }`)
    await passTime(stack, 3 * day, 3_600_000)
    const sentTo = (name: string) =>
      [
        ...new Set(
          stack.log.flatMap(({ endpoint: to, type, messageId }) =>
            to === name && type ? [`${type} ${messageId}`] : [],
          ),
        ),
      ].map((text) => text.split(' ')[0])
    await until(() => sentTo('project').length > 0)
    expect(sentTo('project')).toEqual(['certificate.expired'])
    expect(sentTo('account')).toEqual(hasOther ? ['certificate.expired'] : [])
  })

  it('warns of a place of an endpoint that does not exist', async () => {
    const places = [firstOf((await startedFile()).openai.organizations).id, 'org_typo']
    await stack.close()
    await start({ notify: [{ name: 'ops', url: receiver.url, secret: webhookSecret, allowPrivate: true, places }] })
    await whileTimePasses(stack.clock, stack.ask('{ certificatePlaces { totalCount } }'))
    expect(stack.log.flatMap(({ msg, place }) => (place === undefined ? [] : msg))).toEqual([
      'org_typo in the places of the endpoint ops is neither configured nor discovered; nothing of it is sent',
    ])
  })

  it('warns that only places are notified of that an operation reads, where prefetching is off', async () => {
    await start()
    const warning =
      'notifications are sent for places that an operation reads, because upstream.prefetch is false; expected true'
    expect(stack.log.map(({ msg }) => msg)).toContain(warning)
    await stack.close()
    await start({ upstream: { ttl: '1h' } })
    expect(stack.log.map(({ msg }) => msg)).not.toContain(warning)
  })
})

describe('certgraph notify test', () => {
  const run = (notify: readonly object[], ...words: string[]) => {
    const cwd = createFolder({
      'certgraph.config.yaml': JSON.stringify({ openai: { organizations: [{ id: 'a', adminKey: 'hush' }] }, notify }),
    })
    return runCommand(['notify', 'test', ...words], { cwd })
  }
  const endpoint = () => ({ url: receiver.url, secret: webhookSecret, allowPrivate: true })

  it('prints why an endpoint has not accepted the message, and neither its URL nor its secret', async () => {
    const { code, stdout, stderr } = await run([endpoint(), { ...endpoint(), name: 'ops' }])
    expect([code, stderr]).toEqual([1, ''])
    const reason = 'no trusted TLS connection \\(DEPTH_ZERO_SELF_SIGNED_CERT\\), \\d+ ms'
    expect(stdout).toMatch(
      new RegExp(`^FAILED {2}notify\\[0\\]: ${reason}\nFAILED {2}ops: ${reason}\nThis resumes no endpoint .+\n$`),
    )
  })

  it('sends to one endpoint by its position or its name', async () => {
    const both = [endpoint(), { ...endpoint(), name: 'ops' }]
    for (const chosen of ['1', 'ops', 'notify[1]']) {
      const { stdout } = await run(both, '--endpoint', chosen)
      expect(stdout).toMatch(/^FAILED {2}ops: .+\nThis resumes no endpoint .+\n$/)
    }
    expect((await run(both, '--endpoint', 'notify[0]')).stdout).toMatch(/^FAILED {2}notify\[0\]: .+\nThis .+\n$/)
    expect(await run(both, '--endpoint', '2')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'certgraph: --endpoint names no endpoint of notify; expected a name, or a position from 0 to 1\n',
    })
  })

  it('needs an endpoint', async () => {
    expect(await run([])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'certgraph: notify has no endpoints; expected a configuration file with endpoints in notify\n',
    })
  })
})
