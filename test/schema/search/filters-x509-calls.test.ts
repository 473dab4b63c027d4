import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Fault } from '../../../src/sandbox/fault.ts'
import { allPages, certificatePage, idsOf, type Page, rowsOf } from '../../support/certificate-pages.ts'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Judged {
  readonly certificates: Page<{ name: string; issuer: string | null; parseIssues: string[] }> & {
    readonly fresh: boolean
    readonly sources: readonly { status: string }[]
  }
}

const judged = `query ($filter: CertificateFilter, $issuer: Boolean = false) {
  certificates(first: 100, filter: $filter) {
    nodes { name issuer @include(if: $issuer) parseIssues } totalCount complete fresh sources { status }
    pageInfo { startCursor endCursor }
  }
}`

describe('a filter on X.509 fields, in calls,', () => {
  let stack: Stack
  beforeEach(async () => {
    stack = await startStack({ limits: false })
  })
  afterEach(() => stack.close())

  const isContent = ({ target }: { target: string }) => target.includes('include')
  const contentCalls = () => stack.openai.emulator.calls.filter(isContent).length
  const rowsOfOpenAI = () => stack.openai.state.organizations.flatMap(({ certificates }) => certificates)
  const page = (filter: object, args = {}) => certificatePage(stack, { first: 100, ...args, filter })
  const breakContent = (name: string, effect: Fault['effect']) => {
    const id = rowsOfOpenAI().find((row) => row.name === name)?.id ?? name
    return stack.openai.emulator.fault({ match: (call) => isContent(call) && call.path.endsWith(id), effect })
  }
  const ask = async (filter: object, issuer = false) => {
    const { data, errors } = await whileTimePasses(stack.clock, stack.ask<Judged>(judged, { filter, issuer }))
    return { ...data.certificates, errors }
  }

  it('costs no call without an X.509 condition', async () => {
    await page({ providers: ['OPENAI'], nameContains: 'a', active: true, expiresWithin: 'P30D' })
    expect(contentCalls()).toBe(0)
  })

  it('costs one call per OpenAI certificate, once', async () => {
    await page({ issuerContains: 'bluequay' })
    expect(contentCalls()).toBe(14)
    stack.clock.advance(beyondEveryTtl)
    await page({ subjectAltName: 'exchange.bluequay.example' })
    await page({ serialNumber: '01', issuerContains: 'root' }, { first: 1 })
    await stack.ask('{ certificates(first: 100) { nodes { subject issuer serialNumber sha256Fingerprint } } }')
    expect(contentCalls()).toBe(14)
  })

  it('costs calls only for certificates that meet all other conditions', async () => {
    await page({ issuerContains: 'bluequay', nameContains: 'gateway' })
    expect(contentCalls()).toBe(3)
    await page({ issuerContains: 'bluequay', nameContains: 'gateway', active: true })
    expect(contentCalls()).toBe(3)
    await page({ issuerContains: 'bluequay', providers: ['AKAMAI', 'LIVEPERSON'] })
    expect(contentCalls()).toBe(3)
    await page({ issuerContains: 'bluequay', nameContains: 'WAREHOUSE' })
    expect(contentCalls()).toBe(4)
  })

  it.each<[string, Fault['effect'], number?]>([
    ['rejected', { status: 403, body: { error: 'no' } }],
    ['not found', { status: 404 }],
    ['unavailable', { status: 500 }, 4],
    ['cut off by a broken connection', 'reset', 4],
    ['missing', { patch: (body) => ({ ...Object(body), certificate_details: {} }) }],
  ])('returns a certificate whose PEM is %s with a parse issue, and is incomplete', async (_, effect, attempts = 1) => {
    const recover = breakContent('Edge proxies', effect)
    const { nodes, totalCount, complete, fresh, sources, errors } = await ask({ issuerContains: 'root ca' })
    expect(errors).toBeUndefined()
    expect(nodes).toEqual([
      { name: 'Edge proxies', parseIssues: [expect.stringMatching(/X\.509/)] },
      { name: 'Tracking webhooks', parseIssues: [] },
      { name: 'Partner exchange', parseIssues: [] },
    ])
    expect({ totalCount, complete, fresh }).toEqual({ totalCount: 3, complete: false, fresh: true })
    expect(sources.every(({ status }) => status === 'OK')).toBe(true)

    recover()
    expect(await ask({ issuerContains: 'root ca' })).toMatchObject({ totalCount: 2, complete: true })
    // Only the failed PEM was read again.
    expect(contentCalls()).toBe(13 + attempts + 1)
  })

  it.each([
    ['not a certificate', 'no PEM at all'],
    ['a broken certificate', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'],
  ])('keeps the result for a PEM that is %s, and is incomplete without another call', async (_, content) => {
    breakContent('Edge proxies', { patch: (body) => ({ ...Object(body), certificate_details: { content } }) })
    for (const _each of [1, 2]) {
      const { nodes, totalCount, complete, errors } = await ask({ issuerContains: 'root ca' })
      expect(errors).toBeUndefined()
      expect(nodes[0]).toEqual({ name: 'Edge proxies', parseIssues: [expect.stringMatching(/X\.509/)] })
      expect({ totalCount, complete }).toEqual({ totalCount: 3, complete: false })
      expect(contentCalls()).toBe(14)
    }
  })

  it('reads a PEM that could not be parsed again after an hour', async () => {
    const recover = breakContent('Edge proxies', {
      patch: (body) => ({ ...Object(body), certificate_details: { content: 'cut off' } }),
    })
    expect(await ask({ issuerContains: 'root ca' })).toMatchObject({ totalCount: 3, complete: false })
    recover()
    stack.clock.advance(3_600_000)
    expect(await ask({ issuerContains: 'root ca' })).toMatchObject({ totalCount: 2, complete: true })
  })

  it('excludes an unreadable certificate that another condition excludes', async () => {
    breakContent('Edge proxies', { status: 500 })
    const { nodes, complete } = await ask({ issuerContains: 'root ca', nameContains: 'partner' })
    expect({ names: nodes.map(({ name }) => name), complete }).toEqual({ names: ['Partner exchange'], complete: true })
  })

  it('reads a PEM once for the filter and a field, and reports its failure in both', async () => {
    breakContent('Edge proxies', { status: 500 })
    const { nodes, errors } = await ask({ issuerContains: 'no such issuer' }, true)
    expect(nodes).toEqual([{ name: 'Edge proxies', issuer: null, parseIssues: [expect.stringMatching(/X\.509/)] }])
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['certificates', 'nodes', 0, 'issuer'],
        extensions: expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE', provider: 'OPENAI', httpStatus: 500 }),
      }),
    ])
    // It was repeated three times.
    expect(contentCalls()).toBe(13 + 4)
  })

  it('carries an incomplete page in the cursor', async () => {
    const recover = breakContent('Edge proxies', { status: 500 })
    const { pageInfo } = await page({ issuerContains: 'bluequay' }, { first: 2 })
    recover()
    const next = await page({ issuerContains: 'bluequay' }, { first: 2, after: pageInfo.endCursor })
    expect(next).toMatchObject({ complete: false, nodes: [expect.anything(), expect.anything()] })
  })

  it('pages with the filter as without it', async () => {
    const filter = { issuerContains: 'Lanternfield ecdsa', excludeUnknownExpiry: true }
    const whole = (await page(filter)).nodes
    expect(whole.length).toBeGreaterThan(4)
    const pages = await allPages({ first: 2 }, (args) => page(filter, args))
    expect(idsOf(rowsOf(pages))).toEqual(idsOf(whole))
    expect(pages.every(({ totalCount }) => totalCount === whole.length)).toBe(true)
  })

  it('tests PEMs that the vendor writes on one line', async () => {
    for (const row of rowsOfOpenAI()) row.pemOnOneLine = true
    expect(await ask({ issuerContains: 'root ca' })).toMatchObject({ totalCount: 2, complete: true })
  })
})
