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
/** A certificate whose renewal starts before it expires. */
const name = 'www.bluequay.example'

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ limits: false })
})
afterEach(() => stack.close())

/** Changes members of that enrollment in the vendor’s list. */
const rewriteRow = (members: object) =>
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
  return { changed: findOnly(nodes, ({ commonName }) => commonName === name), nodes, errors }
}

async function readUncovered() {
  const filter = '{ expiringUncovered: "P3650D", providers: [AKAMAI] }'
  const { data } = await stack.ask<{
    certificates: { nodes: Row[]; complete: boolean; sources: { kind: string; status: string }[] }
    certificateStatistics: { complete: boolean }
  }>(
    `{ certificates(first: 100, filter: ${filter}) { nodes { name parseIssues } complete sources { kind status } }
       certificateStatistics(filter: ${filter}) { complete } }`,
  )
  return { ...data.certificates, statisticsComplete: data.certificateStatistics.complete }
}

const unreadable = [
  ['text that is not a date', 'hush-hush'],
  ['a nonexistent day', '2030-02-30T00:00:00Z'],
  ['a boolean', true],
  ['an object', { date: '2030-02-01' }],
] as const

describe('the start of the automatic renewal', () => {
  it.each(unreadable)(
    'is null with an error when the row has %s, and all other fields are returned',
    async (_, start) => {
      const before = await readEnrollments()
      expect(before.changed.autoRenewalStartTime).toEqual(expect.any(String))
      await stack.close()
      stack = await startStack({ limits: false })
      rewriteRow({ autoRenewalStartTime: start })
      const { changed, nodes, errors } = await readEnrollments()
      expect(changed).toEqual({ ...before.changed, autoRenewalStartTime: null })
      expect(nodes).toEqual(before.nodes.map((node) => (node.commonName === name ? changed : node)))
      expect(errors).toEqual([
        {
          message: expect.stringContaining('autoRenewalStartTime: expected a date'),
          path: ['akamaiContract', 'enrollments', 'nodes', nodes.indexOf(changed), 'autoRenewalStartTime'],
          locations: expect.anything(),
          extensions: expect.objectContaining({
            code: 'UPSTREAM_MALFORMED_RESPONSE',
            provider: 'AKAMAI',
            place: expect.any(String),
          }),
        },
      ])
      expect(JSON.stringify([errors, stack.log])).not.toContain('hush-hush')
    },
  )

  it.each(unreadable)(
    'leaves the coverage unknown when the row has %s, so that the certificates are returned',
    async (_, start) => {
      rewriteRow({ autoRenewalStartTime: start })
      const { nodes, complete, statisticsComplete, sources } = await readUncovered()
      const changed = nodes.filter((row) => row.name === name)
      expect(changed.length).toBeGreaterThan(0)
      for (const { parseIssues } of changed)
        expect(parseIssues).toEqual([
          expect.stringMatching(
            /^returned although its renewal could not be checked: autoRenewalStartTime: expected a date/,
          ),
        ])
      for (const { parseIssues } of nodes.filter((row) => row.name !== name))
        expect(parseIssues.join()).not.toContain('could not be checked')
      expect({ complete, statisticsComplete }).toEqual({ complete: false, statisticsComplete: false })
      expect(sources.filter(({ kind }) => kind === 'ENROLLMENTS').map(({ status }) => status)).toEqual(['OK', 'OK'])
    },
  )

  it.each([
    ['is null without an error when the row has null', { autoRenewalStartTime: null }, null, true],
    ['is returned when other members of the row are invalid', { ra: 7, networkConfiguration: 'none' }, 'date', false],
  ])('%s', async (_, members, expected, isUncovered) => {
    rewriteRow(members)
    const { changed, errors } = await readEnrollments()
    expect(errors).toBeUndefined()
    expect(changed.autoRenewalStartTime).toEqual(expected && expect.stringMatching(/^20\d\d-/))
    const { nodes, complete } = await readUncovered()
    expect(nodes.some((row) => row.name === name)).toBe(isUncovered)
    expect(nodes.flatMap(({ parseIssues }) => parseIssues).join()).not.toContain('could not be checked')
    expect(complete).toBe(true)
  })

  it('leaves the coverage unknown when the list of pending changes is too long', async () => {
    rewriteRow({ autoRenewalStartTime: null })
    rewriteAnswers<{ enrollments: { csr: { cn: string } }[] }>(
      stack.akamai.emulator,
      '/active-certificates',
      ({ enrollments }) => ({
        enrollments: enrollments.map((row) =>
          row.csr.cn === name ? { ...row, pendingChanges: Array(101).fill({ changeType: 'renewal' }) } : row,
        ),
      }),
    )
    const { nodes, complete } = await readUncovered()
    const issues = nodes.filter((row) => row.name === name).flatMap(({ parseIssues }) => parseIssues)
    expect(issues).toContain('pendingChanges: expected at most 100 values, found 101')
    expect(issues).toContainEqual(
      expect.stringMatching(
        /^returned although its renewal .*: the pending changes of enrollment \d+ could not be read$/,
      ),
    )
    expect(complete).toBe(false)
  })
})
