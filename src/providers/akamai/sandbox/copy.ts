import { createHash } from 'node:crypto'
import { type CertificateRequest, issueCertificate } from '../../../sandbox/issue-certificate.ts'

/** The values of a copy. `commonName` is as long as the original's; `serialNumber` has 32 hex digits, the first 1 to 7. */
interface Copy {
  readonly commonName: string
  readonly serialNumber: string
  readonly notAfter: Date
}

type Original = Omit<CertificateRequest, 'subject' | 'serialNumber' | 'notAfter' | 'subjectAltNames'>

const originalSerial = '5a'.repeat(16)
const originalEnd = new Date('2049-11-30T23:59:59Z')

/**
 * Creates tens of thousands of certificates, each a copy of an issued one with its own values: issuing them would take
 * minutes. Their signature is the original's and does not verify, which no client of the emulator checks.
 */
export async function createCopier(request: Original, nameLength: number) {
  const name = 'x'.repeat(nameLength)
  const { pem } = await issueCertificate({
    ...request,
    subject: `CN=${name}`,
    subjectAltNames: [{ type: 'dns', value: name }],
    serialNumber: originalSerial,
    notAfter: originalEnd,
  })
  const original = Buffer.from(pem.replaceAll(/-----.*?-----|\s/g, ''), 'base64').toString('latin1')

  const write = ({ commonName, serialNumber, notAfter }: Copy) =>
    Buffer.from(
      original
        .replaceAll(name, () => commonName)
        .replace(bytesOf(originalSerial), () => bytesOf(serialNumber))
        .replace(utcTime(originalEnd), () => utcTime(notAfter)),
      'latin1',
    )
  return (copy: Copy) => ({
    sha256Fingerprint: createHash('sha256').update(write(copy)).digest('hex'),
    pem: () => `-----BEGIN CERTIFICATE-----\n${lines(write(copy).toString('base64'))}\n-----END CERTIFICATE-----`,
  })
}

function bytesOf(digits: string): string {
  return Buffer.from(digits, 'hex').toString('latin1')
}

/** UTCTime, the format of dates until 2049 (RFC 5280, 4.1.2.5.1). */
function utcTime(moment: Date): string {
  return `${moment.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`
}

function lines(base64: string): string {
  return base64.replaceAll(/.{64}(?=.)/g, '$&\n')
}
