import { startLivePersonSandbox } from '../../../src/providers/liveperson/sandbox.ts'
import { describeProvider } from '../../support/describe-provider.ts'

describeProvider({
  key: 'liveperson',
  provider: 'LIVEPERSON',
  brand: 'LivePerson',
  start: ({ scale, ...options }) =>
    startLivePersonSandbox({
      ...options,
      ...(scale && { scale: { accounts: scale.places, certificatesPerAccount: scale.certificates } }),
    }),
  section: ({ accounts, ...config }, places) => ({ ...config, accounts: accounts.slice(0, places) }),
  firstPlace: ['le7000000'],
  placeIds: ['le7000000', 'le7000001'],
  isList: ({ path }, placeId) => new RegExp(`^/mtls/account/${placeId ?? '[^/]+'}/certificates$`).test(path),
  pageSize: null,
  pageMarkers: null,
  mapRows: (body, change) => (Array.isArray(body) ? change(body) : body),
  idMember: 'id',
  wrongType: { member: 'expirationDate', value: 'tomorrow', issue: 'expirationDate: expected a date' },
})
