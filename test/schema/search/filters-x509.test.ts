import { X509Certificate } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { issueCertificate } from '../../../src/sandbox/issue-certificate.ts'
import { certificatePage, certificateRejection, rejectedWith } from '../../support/certificate-pages.ts'
import { type Stack, startStack } from '../../support/stack.ts'

describe('a filter on X.509 fields', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({ limits: false })
  })
  afterAll(() => stack.close())
  beforeEach(() => stack.openai.emulator.reset())

  const names = async (filter: object) =>
    (await certificatePage(stack, { first: 100, filter })).nodes.map(({ name }) => name ?? '').sort()
  const rejection = (filter: object) => certificateRejection(stack, { filter })
  const uploaded = async (name: string) => {
    const row = stack.openai.state.organizations[0]?.certificates.find((each) => each.name === name)
    if (!row?.x509) throw new Error(`no certificate ${name}`)
    return new X509Certificate((await issueCertificate(row.x509)).pem)
  }
  const deployed = (commonName: string) => {
    const enrollments = stack.akamai.state.accounts.flatMap(({ contracts }) =>
      contracts.flatMap((each) => each.enrollments),
    )
    const certificate = enrollments.find((each) => each.commonName === commonName)?.production?.primary
    if (!certificate?.serial) throw new Error(`no certificate of ${commonName}`)
    return { ...certificate, serial: certificate.serial }
  }

  it.each([
    ['as it is', (hex: string) => hex],
    ['in lower case', (hex: string) => hex.toLowerCase()],
    ['with colons', (hex: string) => hex.replaceAll(/..(?=.)/g, '$&:')],
    ['with spaces', (hex: string) => ` ${hex.replaceAll(/..(?=.)/g, '$& ')} `],
    ['with 0x', (hex: string) => `0x${hex}`],
    ['with 0X in lower case', (hex: string) => `0X${hex.toLowerCase()}`],
  ])('finds a serial number and a fingerprint %s, at OpenAI and at Akamai', async (_, spell) => {
    const { serialNumber, fingerprint256 } = await uploaded('Service mesh')
    const { serial, sha256Fingerprint } = deployed('quotes.bluequay.example')
    expect(await names({ serialNumber: spell(serialNumber) })).toEqual(['Service mesh'])
    expect(await names({ sha256Fingerprint: spell(fingerprint256.replaceAll(':', '')) })).toEqual(['Service mesh'])
    expect(await names({ serialNumber: spell(serial.replaceAll(':', '')) })).toEqual(['quotes.bluequay.example'])
    expect(await names({ sha256Fingerprint: spell(sha256Fingerprint.replaceAll(':', '')) })).toEqual([
      'quotes.bluequay.example',
    ])
  })

  it('ignores leading zeros of a serial number, and does not match a part of it', async () => {
    const { serialNumber } = await uploaded('Service mesh')
    expect(await names({ serialNumber: `00:00${serialNumber}` })).toEqual(['Service mesh'])
    expect(await names({ serialNumber: serialNumber.slice(2) })).toEqual([])
    expect(await names({ serialNumber: '00' })).toEqual([])
  })

  it('tries a decimal number that equals no serial number in hex', async () => {
    const { serialNumber } = await uploaded('Service mesh')
    const decimal = BigInt(`0x${serialNumber}`).toString()
    expect(await names({ serialNumber: decimal })).toEqual(['Service mesh'])
    expect(await names({ serialNumber: ` ${decimal}\n` })).toEqual(['Service mesh'])
    expect(await names({ serialNumber: `-${decimal}` })).toEqual([])
  })

  it.each([' ', 'serial', '0x', '12:3g', '-', '--12', '1.2'])('rejects %j as a serial number', async (serialNumber) => {
    expect(await rejection({ serialNumber })).toEqual(rejectedWith('BAD_USER_INPUT', /filter\.serialNumber/))
  })

  it.each(['ab', 'a'.repeat(63), 'a'.repeat(65), 'g'.repeat(64)])(
    'rejects %j as a fingerprint',
    async (sha256Fingerprint) => {
      expect(await rejection({ sha256Fingerprint })).toEqual(
        rejectedWith('BAD_USER_INPUT', /filter\.sha256Fingerprint/),
      )
    },
  )

  it.each([
    ['exchange.bluequay.example', ['Partner exchange']],
    ['EXCHANGE.Bluequay.Example', ['Partner exchange']],
    // A wildcard matches exactly one label.
    ['berths.exchange.bluequay.example', ['Partner exchange']],
    ['a.berths.exchange.bluequay.example', []],
    ['*.exchange.bluequay.example', ['Partner exchange']],
    ['img.cdn.bluequay.example', ['*.cdn.bluequay.example']],
    ['IMG.CDN.bluequay.example', ['*.cdn.bluequay.example']],
    ['cdn.bluequay.example', []],
    ['.cdn.bluequay.example', []],
    ['a.img.cdn.bluequay.example', []],
    ['imgcdn.bluequay.example', []],
    ['customs.bluequay.example', ['*.customs.bluequay.example']],
    ['192.0.2.40', ['Partner exchange']],
    ['2001:db8::40', ['Partner exchange']],
    ['email:certificates@bluequay.example', ['Partner exchange']],
    ['URI:https://exchange.bluequay.example/ca', ['Partner exchange']],
    ['certificates@bluequay.example', []],
    ['bluequay', []],
    // The common name is not an alternative name.
    ['Partner Exchange CA', []],
  ])('finds %j among the subject alternative names of %j', async (subjectAltName, expected) => {
    expect(await names({ subjectAltName })).toEqual(expected)
  })

  it('ignores case in a part of the issuer', async () => {
    expect(await names({ issuerContains: 'cn=bluequay ROOT ca,o=' })).toEqual(['Partner exchange', 'Tracking webhooks'])
    expect(await names({ issuerContains: 'lanternfield ecdsa', nameContains: 'status' })).toEqual([
      'status.bluequay.example',
    ])
    expect(await names({ issuerContains: 'no such issuer' })).toEqual([])
  })

  it.each([
    { issuerContains: 'c' },
    { subjectAltName: 'idp-client' },
    { serialNumber: '4120667093' },
    { sha256Fingerprint: '0'.repeat(64) },
  ])('with %j excludes certificates without the field', async (filter) => {
    expect(await names({ ...filter, providers: ['LIVEPERSON'], includeDeleted: true })).toEqual([])
  })

  it('returns certificates that meet all conditions', async () => {
    const { serialNumber, fingerprint256: sha256Fingerprint } = await uploaded('Partner exchange')
    const all = { serialNumber, sha256Fingerprint, issuerContains: 'root', subjectAltName: 'exchange.bluequay.example' }
    expect(await names(all)).toEqual(['Partner exchange'])
    for (const other of [
      { issuerContains: 'mesh' },
      { serialNumber: '01' },
      { active: false },
      { nameContains: 'mesh' },
    ]) {
      expect(await names({ ...all, ...other })).toEqual([])
    }
  })
})
