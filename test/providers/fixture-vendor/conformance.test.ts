import { isObject } from '../../../src/is-object.ts'
import { describeProvider } from '../../support/describe-provider.ts'
import { startExampleSandbox } from '../../support/fixture-vendor/sandbox.ts'
import { withExample } from '../../support/fixture-vendor/with-example.ts'

describeProvider({
  list: withExample,
  key: 'example',
  provider: 'EXAMPLE',
  brand: 'Example Registry',
  start: ({ scale, ...options }) =>
    startExampleSandbox({
      ...options,
      ...(scale && { scale: { accounts: scale.places, certificatesPerAccount: scale.certificates } }),
    }),
  section: ({ accounts }, places) => ({ accounts: accounts.slice(0, places) }),
  firstPlace: ['reg-0'],
  placeIds: ['reg-0', 'reg-1'],
  isList: ({ path }, placeId) => new RegExp(`^/v1/accounts/${placeId ?? '[^/]+'}/certificates$`).test(path),
  pageSize: 50,
  pageMarkers: { token: 'nextPageToken' },
  mapRows: (body, change) =>
    isObject(body) && Array.isArray(body['items']) ? { ...body, items: change(body['items']) } : body,
  idMember: 'id',
  wrongType: { member: 'notAfter', value: 'tomorrow', issue: 'notAfter: expected a date' },
})
