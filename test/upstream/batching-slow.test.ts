import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { passTime } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

let stack: Stack
afterEach(() => stack.close())

interface Answer {
  readonly data: {
    readonly first: { readonly certificates: { readonly nodes: readonly { readonly subject: string | null }[] } }
    readonly second: { readonly source: { readonly status: string } }
  }
}

describe('a place that hangs', () => {
  it('does not delay the next calls for another place', async () => {
    stack = await startStack({
      scale: { openai: { organizations: 2, certificatesPerOrganization: 2, projectsPerOrganization: 1 } },
      configure: ({ openai }) => ({ openai, upstream: { deadline: '5s' } }),
    })
    const [, hanging] = stack.openai.state.organizations
    stack.openai.emulator.fault({
      match: ({ headers }) => headers.authorization === `Bearer ${hanging?.adminKey}`,
      effect: 'hang',
    })
    const asked = stack.ask(`{
      first: openAIOrganization(id: "org_scaled0") { certificates { nodes { subject } } }
      second: openAIOrganization(id: "org_scaled1") { source { status } }
    }`)
    await until(() => stack.callsTo('include').length === 2)
    // Parsing the PEMs takes real time, in other threads.
    await sleep(600)
    await passTime(stack, 6_000, 250)
    const { first, second } = ((await asked) as Answer).data
    for (const { subject } of first.certificates.nodes) expect(subject).toMatch(/^CN=/)
    expect(second.source.status).toBe('FAILED')
  })
})
