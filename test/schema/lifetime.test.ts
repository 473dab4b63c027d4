import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { the } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

interface Certificate {
  name: string | null
  validFrom: string | null
  expiresAt: string | null
  lifetimeRemaining: number | null
}

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ limits: false })
})
afterEach(() => stack.close())

async function list(provider: string, more = '') {
  const { data, errors } = await stack.ask<{ certificates: { nodes: Certificate[] } }>(
    `{ certificates(first: 100, filter: { providers: [${provider}] }) {
      nodes { name validFrom expiresAt lifetimeRemaining ${more} }
    } }`,
  )
  expect(errors).toBeUndefined()
  return data.certificates.nodes
}

/** As a caller would count it, from what stands beside it. */
function share({ validFrom, expiresAt }: Certificate): number {
  const [start, end] = [Date.parse(validFrom ?? ''), Date.parse(expiresAt ?? '')]
  return Math.min(1, Math.max(0, (end - stack.clock.now()) / (end - start)))
}

it('the share of an OpenAI certificate’s life that is left follows from its list, without a call', async () => {
  const nodes = await list('OPENAI')
  const [dated, others] = [
    nodes.filter((node) => node.validFrom && node.expiresAt),
    nodes.filter((node) => !(node.validFrom && node.expiresAt)),
  ]
  expect(dated).toHaveLength(12)
  for (const node of dated) expect(node.lifetimeRemaining).toBeCloseTo(share(node), 12)
  expect(the(dated, ({ name }) => name === 'Load tests').lifetimeRemaining).toBe(0)
  expect(the(dated, ({ name }) => name === 'Partner exchange').lifetimeRemaining).toBeCloseTo(1806 / 1826, 3)
  // No PEM is fetched for a start that the list does not tell.
  for (const node of others) expect(node).toMatchObject({ expiresAt: null, lifetimeRemaining: null })
  expect(stack.openai.emulator.calls).toHaveLength(1)
})

it('the start of an Akamai certificate is known, and with it that share, when its PEM is asked for beside them', async () => {
  for (const node of await list('AKAMAI')) expect(node).toMatchObject({ validFrom: null, lifetimeRemaining: null })
  expect(stack.callsTo('/deployments/')).toEqual([])
  const nodes = await list('AKAMAI', '... on AkamaiCertificate { keySize }')
  for (const node of nodes) {
    expect(node.validFrom).not.toBeNull()
    expect(node.lifetimeRemaining).toBeCloseTo(share(node), 12)
  }
  expect(nodes.length).toBeGreaterThan(13)
})

it('the start of a LivePerson certificate, and that share, are never known', async () => {
  const nodes = await list('LIVEPERSON')
  for (const node of nodes) expect(node).toMatchObject({ validFrom: null, lifetimeRemaining: null })
  expect(nodes.filter(({ expiresAt }) => expiresAt !== null)).toHaveLength(3)
})
