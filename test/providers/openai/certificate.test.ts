import { describe, expect, it } from '@jest/globals'
import { parseGlobalId } from '../../../src/providers/global-id.ts'
import { toOpenAICertificate } from '../../../src/providers/openai/certificate.ts'
import type { OpenAIOrganization } from '../../../src/providers/openai/places.ts'
import type { WireCertificate } from '../../../src/providers/openai/wire.ts'
import { openAIOrganizationOf } from '../../support/idle-places.ts'

const row: WireCertificate = {
  id: 'cert_1',
  name: null,
  active: false,
  created_at: 2000,
  certificate_details: { valid_at: 1000, expires_at: null },
  issues: ['name: expected a string'],
}

describe('a certificate of OpenAI', () => {
  it('has the values of its row', () => {
    const organization = openAIOrganizationOf('org_1')
    expect(toOpenAICertificate(row, organization, 'organization')).toMatchObject({
      __typename: 'OpenAICertificate',
      provider: 'OPENAI',
      place: organization,
      certificateId: 'cert_1',
      name: null,
      active: false,
      listedActive: false,
      createdAt: 2000,
      validFrom: 1000,
      expiresAt: null,
      declaredExpired: false,
      deleted: false,
      x509: {},
      parseIssues: ['name: expected a string'],
    })
  })

  it('has the flag of its list, but only the organization’s list determines active', () => {
    const listed = toOpenAICertificate({ ...row, active: true }, openAIOrganizationOf('org_1'), 'project')
    expect(listed.listedActive).toBe(true)
    expect(listed.active).toBeUndefined()
  })

  it('has a global id made of the vendor’s ids', () => {
    const id = (organization: OpenAIOrganization, listedBy: 'organization' | 'project') =>
      toOpenAICertificate(row, organization, listedBy).id
    const first = id(openAIOrganizationOf('org_1'), 'organization')
    expect(parseGlobalId(first)).toMatchObject({ typename: 'OpenAICertificate', key: ['org_1', 'cert_1'] })
    const renamed = openAIOrganizationOf('org_1', { name: 'New', adminKey: 'other', baseUrl: 'https://b.example' })
    expect(id(renamed, 'project')).toBe(first)
    expect(id(openAIOrganizationOf('org_2'), 'organization')).not.toBe(first)
  })
})
