import { describe, expect, it } from '@jest/globals'
import {
  certificateShape,
  isArchived,
  parseContent,
  parseError,
  parsePage,
  projectShape,
} from '../../../src/providers/openai/wire.ts'

const row = {
  object: 'organization.certificate',
  id: 'cert_1',
  name: 'Edge',
  active: true,
  created_at: 1_890_000_000,
  certificate_details: { valid_at: 1_880_000_000, expires_at: 1_900_000_000 },
}

const parsed = {
  id: 'cert_1',
  name: 'Edge',
  active: true,
  created_at: 1_890_000_000_000,
  certificate_details: { valid_at: 1_880_000_000_000, expires_at: 1_900_000_000_000 },
  issues: [],
}

describe('certificateShape', () => {
  it.each(['certificate', 'organization.certificate', 'organization.project.certificate', undefined])(
    'reads a row whose object is %s',
    (object) => expect(certificateShape.parse({ ...row, object })).toEqual(parsed),
  )

  it('ignores the content that older bodies have', () => {
    const certificate_details = { ...row.certificate_details, content: '-----BEGIN CERTIFICATE-----' }
    expect(certificateShape.parse({ ...row, certificate_details })).toEqual(parsed)
  })

  it('reads a row with an id only', () => {
    const empty = { ...parsed, name: null, active: null, created_at: null }
    const nothing = { ...empty, certificate_details: { valid_at: null, expires_at: null } }
    expect(certificateShape.parse({ id: 'cert_1' })).toEqual(nothing)
    expect(certificateShape.parse({ id: 'cert_1', name: null, certificate_details: {} })).toEqual(nothing)
    expect(certificateShape.parse({ id: 'cert_1', active: null, certificate_details: null })).toEqual(nothing)
  })

  it.each<[string, object, object]>([
    ['name: expected a string', { name: 7 }, { name: null }],
    ['active: expected true or false', { active: 'true' }, { active: null }],
    ['created_at: expected Unix seconds', { created_at: '2030-01-01' }, { created_at: null }],
    [
      'certificate_details: expected an object',
      { certificate_details: 'none' },
      { certificate_details: { valid_at: null, expires_at: null } },
    ],
    [
      'certificate_details.expires_at: expected Unix seconds',
      { certificate_details: { valid_at: 1_000_000_000, expires_at: 1e20 } },
      { certificate_details: { valid_at: 1_000_000_000_000, expires_at: null } },
    ],
  ])('keeps the row when a member is invalid: %s', (issue, fault, rest) => {
    expect(certificateShape.parse({ ...row, ...fault })).toEqual({ ...parsed, ...rest, issues: [issue] })
  })

  it.each([null, 'cert_1', 7, ['cert_1'], {}, { ...row, id: null }, { ...row, id: '' }, { ...row, id: {} }])(
    'rejects a row without an id: %j',
    (value) => expect(certificateShape.parse(value)).toBeNull(),
  )
})

describe('parsePage', () => {
  it('continues only when has_more is true and last_id is an id', () => {
    expect(parsePage({ data: [row], has_more: true, last_id: 'cert_1' })).toEqual({
      data: [row],
      has_more: true,
      last_id: 'cert_1',
    })
    for (const has_more of [false, undefined, null]) {
      expect(parsePage({ data: [row], has_more, last_id: 'cert_1' }).has_more).toBe(false)
    }
    for (const last_id of ['', undefined, null]) {
      expect(parsePage({ data: [row], has_more: true, last_id }).last_id).toBeNull()
    }
  })

  it.each([
    ...['true', 'false', 1, {}, []].map((has_more) => ({ has_more })),
    ...[7, true, {}, ['cert_1'], 'c'.repeat(2_049)].map((last_id) => ({ has_more: true, last_id })),
  ])('rejects a page marker of another type, or a very long one: %j', (markers) => {
    expect(() => parsePage({ data: [row], ...markers })).toThrow()
  })

  it.each([null, [], 'list', {}, { data: null }, { data: { 0: row } }])('rejects a body without a list: %j', (body) => {
    expect(() => parsePage(body)).toThrow()
  })
})

describe('projectShape', () => {
  it('reads a project as archived when its status is archived or archived_at is set', () => {
    const archived = (more: object) => {
      const project = projectShape.parse({ id: 'proj_1', name: 'Maps', ...more })
      return project && isArchived(project)
    }
    expect(archived({ status: 'active', archived_at: null })).toBe(false)
    expect(archived({})).toBe(false)
    expect(archived({ status: 'archived' })).toBe(true)
    expect(archived({ status: null, archived_at: 1_890_000_000 })).toBe(true)
  })

  it('reads a row with an id only', () => {
    const parsed = { id: 'proj-1', name: null, status: null, archived_at: false, issues: [] }
    expect(projectShape.parse({ id: 'proj-1' })).toEqual(parsed)
    for (const value of [null, 'proj_1', {}, { id: '' }]) expect(projectShape.parse(value)).toBeNull()
  })
})

it('parseContent returns the PEM of a certificate and rejects other bodies', () => {
  expect(parseContent({ ...row, certificate_details: { content: 'PEM' } })).toBe('PEM')
  for (const body of [null, 'PEM', { content: 'PEM' }, row, { certificate_details: { content: '' } }]) {
    expect(() => parseContent(body)).toThrow()
  }
})

it('parseError finds the message in both forms of an error', () => {
  expect(parseError({ error: { message: 'lacks a scope', type: 'x', param: null, code: null } })).toEqual({
    message: 'lacks a scope',
  })
  expect(parseError({ error: 'lacks a scope' })).toEqual({ message: 'lacks a scope' })
  for (const body of [null, 'oops', {}, { error: null }, { error: { message: 5 } }, { error: [] }]) {
    expect(parseError(body)).toEqual({})
  }
})
