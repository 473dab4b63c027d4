import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { findOnly } from '../support/rewriting.ts'
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

/** Computed from the other fields, as a client would. */
function share({ validFrom, expiresAt }: Certificate): number {
  const [start, end] = [Date.parse(validFrom ?? ''), Date.parse(expiresAt ?? '')]
  return Math.min(1, Math.max(0, (end - stack.clock.now()) / (end - start)))
}

it('lifetimeRemaining of an OpenAI certificate is computed from the list, without a call', async () => {
  const nodes = await list('OPENAI')
  const [dated, others] = [
    nodes.filter((node) => node.validFrom && node.expiresAt),
    nodes.filter((node) => !(node.validFrom && node.expiresAt)),
  ]
  expect(dated).toHaveLength(12)
  for (const node of dated) expect(node.lifetimeRemaining).toBeCloseTo(share(node), 12)
  expect(findOnly(dated, ({ name }) => name === 'Load tests').lifetimeRemaining).toBe(0)
  expect(findOnly(dated, ({ name }) => name === 'Partner exchange').lifetimeRemaining).toBeCloseTo(1806 / 1826, 3)
  // No PEM is read for a start that is not in the list.
  for (const node of others) expect(node).toMatchObject({ expiresAt: null, lifetimeRemaining: null })
  expect(stack.openai.emulator.calls).toHaveLength(1)
})

it('validFrom and lifetimeRemaining of an Akamai certificate are read from its PEM', async () => {
  const nodes = await list('AKAMAI')
  for (const node of nodes) {
    expect(node.validFrom).not.toBeNull()
    expect(node.lifetimeRemaining).toBeCloseTo(share(node), 12)
  }
  expect(nodes.length).toBeGreaterThan(13)
})

it('validFrom and lifetimeRemaining of a LivePerson certificate are null', async () => {
  const nodes = await list('LIVEPERSON')
  for (const node of nodes) expect(node).toMatchObject({ validFrom: null, lifetimeRemaining: null })
  expect(nodes.filter(({ expiresAt }) => expiresAt !== null)).toHaveLength(3)
})
