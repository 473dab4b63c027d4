import { isObject } from '../../../src/is-object.ts'
import { startOpenAISandbox } from '../../../src/providers/openai/sandbox.ts'
import { digitsOf } from '../../../src/sandbox/seed-values.ts'
import { describeProvider } from '../../support/describe-provider.ts'

describeProvider({
  key: 'openai',
  provider: 'OPENAI',
  brand: 'OpenAI',
  start: ({ scale, ...options }) =>
    startOpenAISandbox({
      ...options,
      ...(scale && {
        scale: {
          organizations: scale.places,
          certificatesPerOrganization: scale.certificates,
          projectsPerOrganization: 1,
        },
      }),
    }),
  section: ({ organizations }, places) => ({
    organizations: organizations
      .slice(0, places)
      .map((organization, index) => ({ ...organization, projects: [projectId(index)] })),
  }),
  firstPlace: ['org_scaled0', projectId(0)],
  placeIds: ['org_scaled0', 'org_scaled1'],
  isList: ({ path, headers }, placeId, { organizations }) =>
    path === '/v1/organization/certificates' &&
    (placeId === null ||
      headers.authorization === `Bearer ${organizations.find(({ id }) => id === placeId)?.adminKey}`),
  pageSize: 100,
  pageMarkers: { flag: 'has_more', token: 'last_id' },
  mapRows: (body, change) =>
    isObject(body) && Array.isArray(body['data']) ? { ...body, data: change(body['data']) } : body,
  idMember: 'id',
  wrongType: { member: 'created_at', value: 'yesterday', issue: 'created_at: expected Unix seconds' },
})

/** The id that the emulator gives the only project of an organization. */
function projectId(organization: number): string {
  return `proj_${digitsOf(`project ${organization}-0`, 16)}`
}
