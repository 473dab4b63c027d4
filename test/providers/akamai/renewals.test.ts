import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { findOnly, rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Enrollment {
  readonly commonName: string
  readonly validationType: string | null
  readonly autoRenewalStartTime: string | null
  readonly networkConfiguration: { readonly geography: string | null } | null
}

interface Row {
  readonly name: string
  readonly parseIssues: readonly string[]
}

const contractId = 'C-1BQ7FR8'
/** One that is set to be renewed before it ends. */
const name = 'www.bluequay.example'

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ limits: false })
})
afterEach(() => stack.close())

/** Has the vendor’s list say something else of that enrollment. */
const garble = (members: object) =>
  rewriteAnswers<{ enrollments: { csr: { cn: string } }[] }>(
    stack.akamai.emulator,
    '/cps/v2/enrollments',
    ({ enrollments }) => ({
      enrollments: enrollments.map((row) => (row.csr.cn === name ? { ...row, ...members } : row)),
    }),
  )

async function readEnrollments() {
  const { data, errors } = await stack.ask<{ akamaiContract: { enrollments: { nodes: Enrollment[] } } }>(
    `{ akamaiContract(id: "${contractId}") { enrollments(first: 100) {
      nodes { commonName validationType autoRenewalStartTime networkConfiguration { geography } }
    } } }`,
  )
  const { nodes } = data.akamaiContract.enrollments
  return { own: findOnly(nodes, ({ commonName }) => commonName === name), nodes, errors }
}

async function uncovered() {
  const filter = '{ expiringUncovered: "P3650D", providers: [AKAMAI] }'
  const { data } = await stack.ask<{
    certificates: { nodes: Row[]; complete: boolean; sources: { kind: string; status: string }[] }
    certificateStatistics: { complete: boolean }
  }>(
    `{ certificates(first: 100, filter: ${filter}) { nodes { name parseIssues } complete sources { kind status } }
       certificateStatistics(filter: ${filter}) { complete } }`,
  )
  return { ...data.certificates, isCounted: data.certificateStatistics.complete }
}

const unreadable = [
  ['what is no date', 'hush-hush'],
  ['a day that there is not', '2030-02-30T00:00:00Z'],
  ['a flag', true],
  ['an object', { date: '2030-02-01' }],
] as const

describe('the start of the automatic renewal in a row with', () => {
  it.each(unreadable)('%s is null with an error, and all other fields are returned', async (_, start) => {
    const before = await readEnrollments()
    expect(before.own.autoRenewalStartTime).toEqual(expect.any(String))
    await stack.close()
    stack = await startStack({ limits: false })
    garble({ autoRenewalStartTime: start })
    const { own, nodes, errors } = await readEnrollments()
    expect(own).toEqual({ ...before.own, autoRenewalStartTime: null })
    expect(nodes).toEqual(before.nodes.map((node) => (node.commonName === name ? own : node)))
    expect(errors).toEqual([
      {
        message: expect.stringContaining('autoRenewalStartTime: expected a date'),
        path: ['akamaiContract', 'enrollments', 'nodes', nodes.indexOf(own), 'autoRenewalStartTime'],
        locations: expect.anything(),
        extensions: expect.objectContaining({
          code: 'UPSTREAM_MALFORMED_RESPONSE',
          provider: 'AKAMAI',
          scope: expect.any(String),
        }),
      },
    ])
    expect(JSON.stringify([errors, stack.log])).not.toContain('hush-hush')
  })

  it.each(unreadable)(
    '%s, leaves open whether its certificates are renewed in time: they are kept',
    async (_, start) => {
      garble({ autoRenewalStartTime: start })
      const { nodes, complete, isCounted, sources } = await uncovered()
      const own = nodes.filter((row) => row.name === name)
      expect(own.length).toBeGreaterThan(0)
      for (const { parseIssues } of own)
        expect(parseIssues).toEqual([
          expect.stringMatching(
            /^returned although its renewal could not be checked: autoRenewalStartTime: expected a date/,
          ),
        ])
      for (const { parseIssues } of nodes.filter((row) => row.name !== name))
        expect(parseIssues.join()).not.toContain('could not be checked')
      expect({ complete, isCounted }).toEqual({ complete: false, isCounted: false })
      expect(sources.filter(({ kind }) => kind === 'ENROLLMENTS').map(({ status }) => status)).toEqual(['OK', 'OK'])
    },
  )

  it.each([
    ['nothing, says that it does not', { autoRenewalStartTime: null }, null, true],
    ['a date, is that date whatever else cannot be read', { ra: 7, networkConfiguration: 'none' }, 'date', false],
  ])('%s', async (_, members, told, isUncovered) => {
    garble(members)
    const { own, errors } = await readEnrollments()
    expect(errors).toBeUndefined()
    expect(own.autoRenewalStartTime).toEqual(told && expect.stringMatching(/^20\d\d-/))
    const { nodes, complete } = await uncovered()
    expect(nodes.some((row) => row.name === name)).toBe(isUncovered)
    expect(nodes.flatMap(({ parseIssues }) => parseIssues).join()).not.toContain('could not be checked')
    expect(complete).toBe(true)
  })
})
