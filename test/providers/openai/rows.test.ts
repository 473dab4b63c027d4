import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Certificate {
  name: string | null
  active: boolean | null
  createdAt: string | null
  validFrom: string | null
  expiresAt: string | null
  expiryStatus: string
  daysUntilExpiry: number | null
  parseIssues: string[]
  certificateId: string
}

interface Answer {
  openAIOrganization: {
    certificates: { nodes: Certificate[] }
    source: { status: string; certificateCount: number; unreadableRows: number }
  }
  certificates: { complete: boolean; totalCount: number }
}

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ configure: (file) => ({ ...file, upstream: { staleWhileRevalidate: '0s' } }) })
})
afterEach(() => stack.close())

async function read() {
  const { data, errors } = await stack.ask<Answer>(`{
    openAIOrganization(id: "org_bluequay") {
      certificates { nodes {
        name active createdAt validFrom expiresAt expiryStatus daysUntilExpiry parseIssues certificateId
      } }
      source { status certificateCount unreadableRows }
    }
    certificates(filter: { providers: [OPENAI] }) { complete totalCount }
  }`)
  expect(errors).toBeUndefined()
  return data
}

/** Reads with the first row of the vendor's answer changed. */
async function readWith(change: object) {
  let id: string | undefined
  rewriteAnswers<{ data: { id: string }[] }>(
    stack.openai.emulator,
    '/organization/certificates',
    ({ data, ...page }) => {
      id = data[0]?.id
      return { ...page, data: data.map((row, index) => (index === 0 ? { ...row, ...change } : row)) }
    },
  )
  const { openAIOrganization, certificates } = await read()
  expect(openAIOrganization.source).toEqual({ status: 'OK', certificateCount: 14, unreadableRows: 0 })
  expect(certificates).toEqual({ complete: true, totalCount: 14 })
  const { nodes } = openAIOrganization.certificates
  expect(nodes.filter(({ certificateId, parseIssues }) => certificateId !== id && parseIssues.length > 0)).toEqual([])
  return nodes.find(({ certificateId }) => certificateId === id)
}

it('both generations of OpenAI’s responses have the same certificates', async () => {
  const newer = await read()
  await stack.close()
  stack = await startStack()
  stack.openai.state.generation = '2025'
  const older = await read()
  const named = ({ openAIOrganization }: Answer) => openAIOrganization.certificates.nodes.filter(({ name }) => name)
  expect(named(older)).toHaveLength(13)
  expect(named(older)).toEqual(named(newer))
  expect(older.certificates).toEqual(newer.certificates)
})

it('an organization without certificates is empty and complete in both generations', async () => {
  stack.openai.state.organizations[0]?.certificates.splice(0)
  for (const generation of ['2025', '2026'] as const) {
    stack.openai.state.generation = generation
    stack.clock.advance(60_000)
    const { openAIOrganization, certificates } = await read()
    expect(openAIOrganization.source).toEqual({ status: 'OK', certificateCount: 0, unreadableRows: 0 })
    expect(certificates).toEqual({ complete: true, totalCount: 0 })
  }
  expect(stack.callsTo('/organization/certificates')).toHaveLength(2)
})

describe('a row of OpenAI’s list', () => {
  it.each<[string, object, Partial<Certificate>]>([
    ['name: expected a string', { name: { en: 'Edge' } }, { name: null }],
    ['active: expected true or false', { active: 'yes' }, { active: null }],
    ['created_at: expected Unix seconds', { created_at: 'yesterday' }, { createdAt: null }],
    ['certificate_details: expected an object', { certificate_details: 'none' }, { validFrom: null, expiresAt: null }],
    [
      'certificate_details.valid_at: expected Unix seconds',
      { certificate_details: { valid_at: -1e20, expires_at: 1_893_456_000 } },
      { validFrom: null, expiresAt: '2030-01-01T00:00:00.000Z', expiryStatus: 'EXPIRED' },
    ],
    [
      'certificate_details.expires_at: expected Unix seconds',
      { certificate_details: { valid_at: 1_893_456_000, expires_at: 1e20 } },
      { validFrom: '2030-01-01T00:00:00.000Z', expiresAt: null, expiryStatus: 'UNKNOWN', daysUntilExpiry: null },
    ],
    [
      'certificate_details.expires_at: expected Unix seconds',
      { certificate_details: { expires_at: '2031-01-01T00:00:00Z' } },
      { validFrom: null, expiresAt: null, expiryStatus: 'UNKNOWN' },
    ],
  ])('is returned with a parse issue, and the list is complete: %s', async (issue, change, expected) => {
    expect(await readWith(change)).toMatchObject({ ...expected, parseIssues: [issue] })
  })

  it.each<[string, object, Partial<Certificate>]>([
    ['a name', { name: null }, { name: null }],
    ['a flag', { active: null }, { active: null }],
    ['the time of its upload', { created_at: null }, { createdAt: null }],
    ['dates', { certificate_details: {} }, { validFrom: null, expiresAt: null, expiryStatus: 'UNKNOWN' }],
    ['details', { certificate_details: null }, { expiresAt: null, daysUntilExpiry: null }],
  ])('is valid without %s', async (_, change, expected) => {
    expect(await readWith(change)).toMatchObject({ ...expected, parseIssues: [] })
  })

  it('can have an early date, which is not a parse issue', async () => {
    expect(await readWith({ certificate_details: { valid_at: 820_454_400, expires_at: 978_307_199 } })).toMatchObject({
      validFrom: '1996-01-01T00:00:00.000Z',
      expiresAt: '2000-12-31T23:59:59.000Z',
      expiryStatus: 'EXPIRED',
      parseIssues: [],
    })
  })
})

it('an unreadable row of a project makes the list of places incomplete', async () => {
  rewriteAnswers<{ data: object[] }>(stack.openai.emulator, '/organization/projects', ({ data, ...page }) => ({
    ...page,
    data: [{ name: 'No id' }, ...data.slice(1), { id: 'proj_bare' }],
  }))
  const { data } = await stack.ask<{
    certificatePlaces: { complete: boolean; nodes: { name: string | null }[]; sources: { unreadableRows: number }[] }
  }>('{ certificatePlaces(providers: [OPENAI]) { complete nodes { name } sources { unreadableRows } } }')
  expect(data.certificatePlaces).toMatchObject({ complete: false, sources: [{ unreadableRows: 1 }] })
  expect(data.certificatePlaces.nodes).toHaveLength(6)
  expect(data.certificatePlaces.nodes).toContainEqual({ name: null })
})
