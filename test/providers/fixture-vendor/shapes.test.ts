import { describeShape } from '../../support/describe-shape.ts'
import { toExampleCertificate } from '../../support/fixture-vendor/certificate.ts'
import { createExamplePlaces } from '../../support/fixture-vendor/places.ts'
import { certificateShape } from '../../support/fixture-vendor/wire.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createOperation } from '../../support/operation.ts'

const config = { id: 'reg-0', name: null, token: 'token', baseUrl: 'https://a.example' }
const account = createExamplePlaces({ accounts: [config] }, idleUpstream).account(createOperation(), 'reg-0', 'id')
const notAfter = '2030-06-30T23:59:59Z'

describeShape('a certificate of the Example Registry', {
  shape: certificateShape,
  rows: [{ id: 'crt-1', label: 'gateway', state: 'issued', notAfter }],
  parsed: [{ id: 'crt-1', label: 'gateway', state: 'issued', notAfter: Date.parse(notAfter), issues: [] }],
  toValue: (row) => toExampleCertificate(row, account),
})
