import { toOpenAICertificate } from '../../../src/providers/openai/certificate.ts'
import { certificateShape, isArchived, projectShape } from '../../../src/providers/openai/wire.ts'
import { describeShape } from '../../support/describe-shape.ts'
import { openAIOrganizationOf } from '../../support/idle-places.ts'

const organization = openAIOrganizationOf('org_1')

describeShape('a row of certificates', {
  shape: certificateShape,
  rows: [
    {
      object: 'organization.certificate',
      id: 'cert_1',
      name: 'Edge',
      active: true,
      created_at: 1_890_000_000,
      certificate_details: { valid_at: 1_880_000_000, expires_at: 1_900_000_000, content: 'PEM' },
    },
  ],
  parsed: [
    {
      id: 'cert_1',
      name: 'Edge',
      active: true,
      created_at: 1_890_000_000_000,
      certificate_details: { valid_at: 1_880_000_000_000, expires_at: 1_900_000_000_000 },
      issues: [],
    },
  ],
  toValue: (row) => toOpenAICertificate(row, organization, 'organization'),
})

describeShape('a row of projects', {
  shape: projectShape,
  rows: [
    { object: 'organization.project', id: 'proj_1', name: 'Maps', status: 'active', archived_at: null },
    { object: 'organization.project', id: 'proj_2', name: 'Atlas', status: 'archived' },
    { object: 'organization.project', id: 'proj_3', name: 'Globe', archived_at: 1_890_000_000 },
  ],
  parsed: [
    { id: 'proj_1', name: 'Maps', status: 'active', archived_at: false, issues: [] },
    { id: 'proj_2', name: 'Atlas', status: 'archived', archived_at: false, issues: [] },
    { id: 'proj_3', name: 'Globe', status: null, archived_at: true, issues: [] },
  ],
  toValue: (project) => [project.id, project.name, isArchived(project)],
})
