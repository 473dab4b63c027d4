import { describe, expect, it } from '@jest/globals'
import { noX509Details } from '../../../src/catalog/x509.ts'
import { parseGlobalId } from '../../../src/providers/global-id.ts'
import { toLivePersonCertificate } from '../../../src/providers/liveperson/certificate.ts'
import type { WireCertificate } from '../../../src/providers/liveperson/wire.ts'
import { livePersonAccountOf } from '../../support/idle-places.ts'

const row: WireCertificate = {
  id: '9007199254740993',
  name: 'idp-client',
  displayName: 'Sign-on',
  status: 'Available',
  deleted: null,
  expirationDate: 5000,
  issues: ['deleted: expected true or false'],
}

describe('a certificate of LivePerson', () => {
  it('has the values of its row and no X.509 details', () => {
    const account = livePersonAccountOf()
    expect(toLivePersonCertificate(row, account)).toEqual({
      __typename: 'LivePersonCertificate',
      id: expect.any(String),
      provider: 'LIVEPERSON',
      place: account,
      certificateId: '9007199254740993',
      name: 'idp-client',
      displayName: 'Sign-on',
      active: true,
      createdAt: null,
      validFrom: null,
      expiresAt: 5000,
      declaredExpired: false,
      deleted: null,
      vendorStatus: 'Available',
      x509: noX509Details,
      parseIssues: ['deleted: expected true or false'],
    })
  })

  it.each<[string | null, boolean | null, boolean]>([
    ['Available', true, false],
    ['AVAILABLE', true, false],
    ['UnAvailable', false, false],
    ['unavailable', false, false],
    ['Expired', null, true],
    ['EXPIRED', null, true],
    ['Expired ', null, true],
    [' Available\n', true, false],
    ['not available', null, false],
    ['Pending', null, false],
    ['', null, false],
    ['constructor', null, false],
    ['__proto__', null, false],
    [null, null, false],
  ])('with status %p has active %p and declaredExpired %p', (status, active, declaredExpired) => {
    const certificate = toLivePersonCertificate({ ...row, status }, livePersonAccountOf())
    expect(certificate).toMatchObject({ active, declaredExpired, vendorStatus: status?.trim() ?? null })
  })

  it('has a global id made of the vendor’s ids', () => {
    const { id } = toLivePersonCertificate(row, livePersonAccountOf())
    expect(parseGlobalId(id)).toMatchObject({ typename: 'LivePersonCertificate', key: ['le1', '9007199254740993'] })
    const other = livePersonAccountOf({ name: 'New', baseUrl: null, auth: { clientId: 'a', clientSecret: 'b' } })
    expect(toLivePersonCertificate({ ...row, name: 'renamed' }, other).id).toBe(id)
    expect(toLivePersonCertificate(row, livePersonAccountOf({ id: 'le2' })).id).not.toBe(id)
  })
})
