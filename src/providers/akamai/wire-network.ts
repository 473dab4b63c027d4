import { isObject } from '../../is-object.ts'
import { MalformedBodyError } from '../../upstream/error.ts'
import { maxListLengths } from '../list-lengths.ts'
import { RowReader } from '../row-reader.ts'
import { date, fieldsOf, flag, type Member, name, object, readMembers, text, texts, type ValuesOf } from '../shape.ts'

/** How a network serves certificates. active-certificates and enrollments have the same members. */
export const networkSettings = {
  geography: text(),
  secureNetwork: text(),
  sniOnly: flag(),
  quicEnabled: flag(),
  ocspStapling: text(),
  disallowedTlsVersions: texts(),
}

const listedCertificate = {
  expiry: date(),
  issuer: text(),
  keyAlgorithm: text(),
  serial: text(),
  sha256Fingerprint: text(),
  signatureAlgorithm: text(),
}

/** Certificates in PEM; `trustChain` may have several. */
const deployedCertificate = { certificate: name(), trustChain: name(), keyAlgorithm: text() }

const listedNetwork = {
  ...slotsOf(fieldsOf(listedCertificate), parseListedCertificate),
  networkConfiguration: object({ dnsNames: texts(), ...networkSettings }),
}

const deployment = slotsOf(fieldsOf(deployedCertificate), (value) =>
  readMembers(new RowReader(value), deployedCertificate),
)

/** A network of an enrollment in active-certificates v2. */
export const network: Member<WireNetwork> = {
  fields: fieldsOf(listedNetwork),
  read(row, field) {
    const { networkConfiguration, ...slots } = readMembers(row.object(field), listedNetwork)
    const certificates = toCertificates(slots)
    const isUnreadable = row.has(field) && !isObject(row.raw(field))
    return { ...certificates, networkConfiguration, unreadable: certificates.unreadable + Number(isUnreadable) }
  },
}

export type WireNetworkSettings = ValuesOf<typeof networkSettings>
export type WireNetworkConfiguration = ValuesOf<typeof listedNetwork>['networkConfiguration']
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
  if (!isObject(body) || !Object.keys(deployment).some((field) => field in body)) {
    throw new MalformedBodyError('the body is not a deployment')
  }
  return toCertificates(readMembers(new RowReader(body), deployment))
}

/** Null when nothing is deployed: the vendor then writes null, or an object whose members are null or empty. */
function parseListedCertificate(value: Readonly<Record<string, unknown>>): WireCertificate | null {
  const given = Object.entries(value).filter(([, member]) => member !== null && member !== '')
  if (given.length === 0) return null
  const row = new RowReader(Object.fromEntries(given))
  return { ...readMembers(row, listedCertificate), issues: row.issues }
}

/** The certificates of one member, each in a slot: the primary certificate has one slot. */
interface ParsedCertificates<Certificate> {
  readonly certificates: readonly Certificate[]
  readonly unreadable: number
}

type ParseCertificate<Certificate> = (value: Readonly<Record<string, unknown>>) => Certificate | null

function slotsOf<Certificate>(fields: readonly string[], parse: ParseCertificate<Certificate>) {
  const primaryCertificate: Member<ParsedCertificates<Certificate>> = {
    fields,
    read: (row, field) => parseSlots([row.raw(field)], parse),
  }
  const multiStackedCertificates: Member<ParsedCertificates<Certificate>> = {
    fields,
    read(row, field) {
      const value = row.raw(field)
      if (!Array.isArray(value)) return parseSlots([value], parse)
      const values = row.list(field, maxListLengths.objects)
      return values ? parseSlots(values, parse) : { certificates: [], unreadable: value.length }
    },
  }
  return { primaryCertificate, multiStackedCertificates }
}

function parseSlots<Certificate>(
  values: readonly unknown[],
  parse: ParseCertificate<Certificate>,
): ParsedCertificates<Certificate> {
  const taken = values.filter((value) => value !== undefined && value !== null)
  const readable = taken.filter(isObject)
  return {
    certificates: readable.map(parse).filter((certificate) => certificate !== null),
    unreadable: taken.length - readable.length,
  }
}

function toCertificates<Certificate>({
  primaryCertificate: { certificates, unreadable },
  multiStackedCertificates: stacked,
}: Readonly<
  Record<'primaryCertificate' | 'multiStackedCertificates', ParsedCertificates<Certificate>>
>): NetworkCertificates<Certificate> {
  return {
    primaryCertificate: certificates[0] ?? null,
    multiStackedCertificates: stacked.certificates,
    unreadable: unreadable + stacked.unreadable,
  }
}
