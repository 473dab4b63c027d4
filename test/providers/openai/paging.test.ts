import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const id = 'org_scaled0'

interface Answer {
  openAIOrganization: {
    certificates: { totalCount: number; nodes: { certificateId: string }[] } | null
    source: { status: string; certificateCount: number | null; unreadableRows: number; error: { code: string } | null }
  }
}

interface Page {
  data: { id: string }[]
  has_more?: boolean
  last_id?: string | null
}

let stack: Stack
beforeEach(async () => {
  const openai = { organizations: 1, certificatesPerOrganization: 250, projectsPerOrganization: 120 }
  stack = await startStack({ scale: { openai } })
})
afterEach(() => stack.close())

function read() {
  return stack.ask<Answer>(`{ openAIOrganization(id: "${id}") {
    certificates(last: 100) { totalCount nodes { certificateId } }
    source { status certificateCount unreadableRows error { code } }
  } }`)
}

const pages = () => stack.callsTo('/organization/certificates').map(({ query }) => Object.fromEntries(query))

/** Patches the first page only. */
function onFirstPage(patch: (page: Page) => unknown): void {
  rewriteAnswers<Page>(stack.openai.emulator, '/organization/certificates', (page) =>
    pages().length === 1 ? patch(page) : page,
  )
}

describe('a list of OpenAI', () => {
  it('is read to the end in pages of 100 rows', async () => {
    const { data, errors } = await read()
    expect(errors).toBeUndefined()
    expect(data.openAIOrganization.certificates?.totalCount).toBe(250)
    expect(data.openAIOrganization.source).toEqual({
      status: 'OK',
      certificateCount: 250,
      unreadableRows: 0,
      error: null,
    })
    expect(pages()).toEqual([
      { limit: '100' },
      { limit: '100', after: expect.any(String) },
      { limit: '100', after: expect.any(String) },
    ])
  })

  it('is read in pages for projects and for the certificates of a project', async () => {
    const organization = stack.openai.state.organizations[0]
    const project = organization?.projects[0]
    project?.certificates.splice(
      0,
      50,
      ...(organization?.certificates.map((row) => ({ certificateId: row.id, active: true })) ?? []),
    )
    const { data } = await stack.ask<{
      openAIOrganization: { projects: { totalCount: number } }
      openAIProject: { certificates: { totalCount: number } }
    }>(`{
      openAIOrganization(id: "${id}") { projects { totalCount } }
      openAIProject(id: "${project?.id}") { certificates { totalCount } }
    }`)
    expect(data.openAIOrganization.projects.totalCount).toBe(120)
    expect(data.openAIProject.certificates.totalCount).toBe(250)
    expect(stack.callsTo('/organization/projects?').map(({ query }) => query.get('limit'))).toEqual(['100', '100'])
    expect(stack.callsTo(`/projects/${project?.id}/certificates?`)).toHaveLength(3)
  })

  it('has each row once even if a row moves to the next page during the reading', async () => {
    let moved: { id: string } | undefined
    rewriteAnswers<Page>(stack.openai.emulator, '/organization/certificates', (page) => {
      if (pages().length === 1) moved = page.data.at(-1)
      return pages().length === 2 ? { ...page, data: [moved, ...page.data] } : page
    })
    const { data } = await read()
    expect(data.openAIOrganization.source).toMatchObject({ certificateCount: 250, unreadableRows: 0 })
  })
})

describe('the end of a list', () => {
  it.each<[string, (page: Page) => unknown]>([
    ['has_more is false', (page) => ({ ...page, has_more: false })],
    ['has_more is missing', ({ has_more: _, ...page }) => page],
    ['has_more is null', (page) => ({ ...page, has_more: null })],
  ])('is reached when %s', async (_, patch) => {
    onFirstPage(patch)
    const { data } = await read()
    expect(data.openAIOrganization.source).toMatchObject({ status: 'OK', certificateCount: 100, unreadableRows: 0 })
    expect(pages()).toHaveLength(1)
  })

  it('is reached at an empty page, and the list is incomplete if that page has has_more', async () => {
    onFirstPage((page) => ({ ...page, data: [], has_more: true }))
    const { data, errors } = await read()
    expect(errors).toBeUndefined()
    expect(data.openAIOrganization.certificates?.totalCount).toBe(0)
    expect(data.openAIOrganization.source).toMatchObject({ status: 'OK', unreadableRows: 1 })
    expect(pages()).toHaveLength(1)
  })

  it.each<[string, (page: Page) => unknown]>([
    ['an empty last_id', (page) => ({ ...page, last_id: '' })],
    ['null for last_id', (page) => ({ ...page, last_id: null })],
    ['no last_id', ({ last_id: _, ...page }) => page],
  ])('is reached at a page with has_more and %s, and the list is incomplete', async (_, patch) => {
    onFirstPage(patch)
    const { data } = await read()
    expect(pages()).toHaveLength(1)
    expect(data.openAIOrganization.source).toMatchObject({ status: 'OK', certificateCount: 100 })
    const { data: merged } = await stack.ask<{ certificates: { complete: boolean; totalCount: number } }>(
      '{ certificates(filter: { providers: [OPENAI] }) { complete totalCount } }',
    )
    expect(merged.certificates).toEqual({ complete: false, totalCount: 100 })
  })
})

describe('a cursor that repeats', () => {
  const repeatCursors = (lastIds: readonly string[]) =>
    rewriteAnswers<Page>(stack.openai.emulator, '/organization/certificates', (page) => ({
      ...page,
      has_more: true,
      last_id: lastIds[(pages().length - 1) % lastIds.length],
    }))

  it.each([1, 2])('makes the list malformed after %d pages', async (length) => {
    const lastIds =
      stack.openai.state.organizations[0]?.certificates.slice(100, 100 + length).map((row) => row.id) ?? []
    repeatCursors(lastIds)
    const { data, errors } = await read()
    expect(data.openAIOrganization.certificates).toBeNull()
    expect(data.openAIOrganization.source).toMatchObject({
      status: 'FAILED',
      error: { code: 'UPSTREAM_MALFORMED_RESPONSE' },
    })
    expect(errors).toHaveLength(1)
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_MALFORMED_RESPONSE', provider: 'OPENAI' })
    expect(pages()).toHaveLength(length + 1)
  })
})
