import { isObject } from '../../is-object.ts'
import { MalformedBodyError } from '../../upstream/error.ts'
import { maxListLengths } from '../list-lengths.ts'
import { RowReader } from '../row-reader.ts'
import {
  createReader,
  date,
  fieldsOf,
  flag,
  type Member,
  name,
  text,
  texts,
  type ValuesOf,
  word,
  words,
} from '../shape.ts'

/** How a network serves certificates. active-certificates and enrollments have the same members. */
export const networkSettings = {
  geography: word(),
  secureNetwork: word(),
  sniOnly: flag(),
  quicEnabled: flag(),
  ocspStapling: word(),
  disallowedTlsVersions: words(),
}

/** Where nothing is deployed, the vendor writes null, or an object whose members are null or empty. */
const unlessEmpty = <Value>({ fields, read }: Member<Value>): Member<Value | null> => ({
  fields,
  read: (row, field) => (row.raw(field) === '' ? null : read(row, field)),
})

const listedCertificate = {
  expiry: unlessEmpty(date()),
  issuer: unlessEmpty(word()),
  keyAlgorithm: unlessEmpty(word()),
  serial: unlessEmpty(text()),
  sha256Fingerprint: unlessEmpty(text()),
  signatureAlgorithm: unlessEmpty(word()),
}

/** Member by member, which takes less time than `createReader`: a reading has two of them or more for each enrollment. */
function readListedCertificate(row: RowReader): WireCertificate {
  const { expiry, issuer, keyAlgorithm, serial, sha256Fingerprint, signatureAlgorithm } = listedCertificate
  return {
    expiry: expiry.read(row, 'expiry'),
    issuer: issuer.read(row, 'issuer'),
    keyAlgorithm: keyAlgorithm.read(row, 'keyAlgorithm'),
    serial: serial.read(row, 'serial'),
    sha256Fingerprint: sha256Fingerprint.read(row, 'sha256Fingerprint'),
    signatureAlgorithm: signatureAlgorithm.read(row, 'signatureAlgorithm'),
    issues: row.issues,
  }
}

/** Certificates in PEM; `trustChain` may have several. */
const deployedCertificate = { certificate: name(), trustChain: name(), keyAlgorithm: text() }

const readDeployedCertificate = createReader(deployedCertificate)

const slots = ['primaryCertificate', 'multiStackedCertificates'] as const

const networkConfiguration = { dnsNames: texts(), ...networkSettings }

/** Member by member, as `readListedCertificate`. */
function readNetworkConfiguration(row: RowReader): WireNetworkConfiguration {
  const { dnsNames, geography, secureNetwork, sniOnly, quicEnabled, ocspStapling, disallowedTlsVersions } =
    networkConfiguration
  return {
    dnsNames: dnsNames.read(row, 'dnsNames'),
    geography: geography.read(row, 'geography'),
    secureNetwork: secureNetwork.read(row, 'secureNetwork'),
    sniOnly: sniOnly.read(row, 'sniOnly'),
    quicEnabled: quicEnabled.read(row, 'quicEnabled'),
    ocspStapling: ocspStapling.read(row, 'ocspStapling'),
    disallowedTlsVersions: disallowedTlsVersions.read(row, 'disallowedTlsVersions'),
  }
}

/** A network of an enrollment in active-certificates v2. */
export const network: Member<WireNetwork> = {
  fields: [...slots, 'networkConfiguration', ...fieldsOf({ ...listedCertificate, ...networkConfiguration })],
  read(row, field) {
    const member = row.object(field)
    const { primaryCertificate, multiStackedCertificates, unreadable } = readSlots(member, parseListedCertificate)
    const isUnreadable = row.has(field) && !isObject(row.raw(field))
    return {
      primaryCertificate,
      multiStackedCertificates,
      networkConfiguration: readNetworkConfiguration(member.object('networkConfiguration')),
      unreadable: unreadable + Number(isUnreadable),
    }
  },
}

export type WireNetworkSettings = ValuesOf<typeof networkSettings>
export type WireNetworkConfiguration = ValuesOf<typeof networkConfiguration>
export type WireCertificate = ValuesOf<typeof listedCertificate> & { readonly issues: readonly string[] }
export type WireDeployedCertificate = ValuesOf<typeof deployedCertificate>

/** What one network has of an enrollment, in deployment v8. */
export type WireDeployment = NetworkCertificates<WireDeployedCertificate>

interface WireNetwork extends NetworkCertificates<WireCertificate> {
  readonly networkConfiguration: WireNetworkConfiguration
}

interface NetworkCertificates<Certificate> {
  readonly primaryCertificate: Certificate | null
  readonly multiStackedCertificates: readonly Certificate[]
  /** Values in place of a certificate that are neither an object nor null. */
  readonly unreadable: number
}

/** The certificates of one network. @throws when the body has no member for certificates */
export function parseDeployment(body: unknown): WireDeployment {
  if (!isObject(body) || !slots.some((field) => field in body)) {
    throw new MalformedBodyError('the body is not a deployment')
  }
  return readSlots(new RowReader(body), (value) => readDeployedCertificate(new RowReader(value)))
}

/** Null when nothing is deployed. */
function parseListedCertificate(value: Readonly<Record<string, unknown>>): WireCertificate | null {
  for (const member in value) {
    if (value[member] !== null && value[member] !== '') return readListedCertificate(new RowReader(value))
  }
  return null
}

type ParseCertificate<Certificate> = (value: Readonly<Record<string, unknown>>) => Certificate | null

/** The certificates in the slots of a network: one primary certificate, and any number of others. */
function readSlots<Certificate>(
  row: RowReader,
  parse: ParseCertificate<Certificate>,
): NetworkCertificates<Certificate> {
  const primary = row.raw('primaryCertificate')
  const given = toList(row.raw('multiStackedCertificates'))
  const isTooLong = given.length > maxListLengths.objects
  if (isTooLong) row.list('multiStackedCertificates', maxListLengths.objects)
  const stacked = isTooLong ? none : given
  // A list that is too long cannot be read: all its certificates count as unreadable.
  const unreadable = isTooLong ? given.length : stacked.filter(isUnreadable).length
  return {
    primaryCertificate: isObject(primary) ? parse(primary) : null,
    multiStackedCertificates: stacked === none ? none : stacked.filter(isObject).flatMap((value) => parse(value) ?? []),
    unreadable: Number(isUnreadable(primary)) + unreadable,
  }
}

const none: readonly never[] = []

/** Most networks have no stacked certificates: their lists are one and the same. */
function toList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.length > 0 ? value : none
  return value === undefined || value === null ? none : [value]
}

function isUnreadable(value: unknown): boolean {
  return value !== undefined && value !== null && !isObject(value)
}
