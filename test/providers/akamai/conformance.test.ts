import { isObject } from '../../../src/is-object.ts'
import { startAkamaiSandbox } from '../../../src/providers/akamai/sandbox.ts'
import { describeProvider } from '../../support/describe-provider.ts'

describeProvider({
  key: 'akamai',
  provider: 'AKAMAI',
  brand: 'Akamai',
  start: ({ scale, ...options }) =>
    startAkamaiSandbox({
      ...options,
      ...(scale && { scale: { contractsPerAccount: scale.places, enrollmentsPerContract: scale.certificates } }),
    }),
  section: ({ accounts }, places) => ({
    accounts: accounts.map((account) => ({ ...account, contracts: ['C-0S0', 'C-0S1'].slice(0, places) })),
  }),
  firstPlace: ['scaled0', 'C-0S0'],
  placeIds: ['C-0S0', 'C-0S1'],
  isList: ({ path, query }, placeId) =>
    path === '/cps/v2/active-certificates' && (placeId === null || query.get('contractId') === placeId),
  pageSize: null,
  pageMarkers: null,
  mapRows: (body, change) =>
    isObject(body) && Array.isArray(body['enrollments']) ? { ...body, enrollments: change(body['enrollments']) } : body,
  idMember: 'id',
  wrongType: { member: 'csr', value: 'none', issue: 'csr: expected an object' },
})
