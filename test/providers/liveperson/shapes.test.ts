import { toLivePersonCertificate } from '../../../src/providers/liveperson/certificate.ts'
import { certificateShape } from '../../../src/providers/liveperson/wire.ts'
import { describeShape } from '../../support/describe-shape.ts'
import { livePersonAccountOf } from '../../support/idle-places.ts'

const account = livePersonAccountOf()

describeShape('a row of certificates', {
  shape: certificateShape,
  rows: [
    {
      id: 9007199254740993n,
      siteId: 'le1',
      name: 'idp-client',
      displayName: 'Sign-on',
      status: 'Available',
      deleted: true,
      expirationDate: '2030-06-30T23:59:59Z',
    },
  ],
  parsed: [
    {
      id: '9007199254740993',
      name: 'idp-client',
      displayName: 'Sign-on',
      status: 'Available',
      deleted: true,
      expirationDate: Date.parse('2030-06-30T23:59:59Z'),
      issues: [],
    },
  ],
  toValue: (row) => toLivePersonCertificate(row, account),
})
