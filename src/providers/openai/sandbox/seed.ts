import type { CertificateRequest } from '../../../sandbox/issue-certificate.ts'
import { type Calendar, createCalendar, createSecret, digitsOf } from '../../../sandbox/seed-values.ts'
import type { Certificate, Organization, Project } from './state.ts'

interface Row {
  readonly name: string | null
  readonly commonName: string
  /** The first and the last day of validity, counted from today. */
  readonly days: readonly [number, number]
  readonly active: boolean
  readonly keyAlgorithm?: CertificateRequest['keyAlgorithm']
  /** Issued by the root instead of self-signed. */
  readonly intermediate?: boolean
  readonly subjectAltNames?: CertificateRequest['subjectAltNames']
  /** Dates that the row lacks. */
  readonly missing?: 'both' | 'expiry'
  /** Projects that list it, with their own flags. */
  readonly projects?: Readonly<Record<string, boolean>>
}

const rows: readonly Row[] = [
  {
    name: 'Gateway clients',
    commonName: 'Gateway Client CA 2',
    days: [-60, 1035],
    active: true,
    keyAlgorithm: 'RSA',
    projects: { 'Route planning': true, 'Shipment tracking': true, 'Demand forecast': false },
  },
  {
    name: 'Gateway clients, first generation',
    commonName: 'Gateway Client CA 1',
    days: [-1096, -1],
    active: true,
    keyAlgorithm: 'RSA',
    projects: { 'Route planning': true },
  },
  {
    name: 'Batch workers',
    commonName: 'Batch Worker CA',
    days: [-356, 9],
    active: true,
    projects: { 'Demand forecast': true, 'Route planning': true },
  },
  {
    name: 'Edge proxies',
    commonName: 'Edge Proxy CA',
    days: [-339, 26],
    active: true,
    projects: { 'Shipment tracking': true, 'Customs forms': false },
  },
  {
    name: 'Label printers',
    commonName: 'Label Printer CA',
    days: [-245, 120],
    active: false,
    projects: { 'Label printing': true },
  },
  {
    name: 'Customs declarations',
    commonName: 'Customs Declaration CA',
    days: [-10, 355],
    active: false,
    projects: { 'Customs forms': true, 'Shipment tracking': true },
  },
  { name: 'Load tests', commonName: 'Load Test CA', days: [-405, -40], active: false },
  { name: null, commonName: 'Unnamed Upload CA', days: [-30, 335], active: false, missing: 'both' },
  { name: 'Gateway clients, next generation', commonName: 'Gateway Client CA 3', days: [-2, 1093], active: false },
  {
    name: 'Service mesh',
    commonName: 'Mesh CA',
    days: [-165, 200],
    active: true,
    keyAlgorithm: 'Ed25519',
    projects: { 'Route planning': true, 'Demand forecast': true },
  },
  {
    name: 'Tracking webhooks',
    commonName: 'Webhook Client CA',
    days: [-304, 61],
    active: true,
    intermediate: true,
    projects: { 'Shipment tracking': true },
  },
  {
    name: 'Warehouse scanners',
    commonName: 'Scanner CA',
    days: [-361, 4],
    active: false,
    projects: { 'Shipment tracking': true, 'Label printing': false, 'Pilot 1': true },
  },
  { name: 'Archive export', commonName: 'Archive CA', days: [-90, 275], active: false, missing: 'expiry' },
  {
    name: 'Partner exchange',
    commonName: 'Partner Exchange CA',
    days: [-20, 1805],
    active: true,
    intermediate: true,
    subjectAltNames: [
      { type: 'dns', value: 'Exchange.Bluequay.example' },
      { type: 'dns', value: '*.exchange.bluequay.example' },
      { type: 'ip', value: '192.0.2.40' },
      { type: 'ip', value: '2001:db8::40' },
      { type: 'email', value: 'certificates@bluequay.example' },
      { type: 'url', value: 'https://exchange.bluequay.example/ca' },
    ],
    projects: { 'Customs forms': true },
  },
]

/** The day of creation and, for an archived project, the day of archiving. */
const projectDays: Readonly<Record<string, readonly [number, number?]>> = {
  'Route planning': [-900],
  'Shipment tracking': [-640],
  'Label printing': [-410],
  'Customs forms': [-155],
  'Demand forecast': [-33],
  'Pilot 1': [-1000, -430],
}

/** The organization of a freight company, with a certificate of every kind. */
export function createOrganization(now: number): Organization {
  const calendar = createCalendar(now)
  return {
    id: 'org_bluequay',
    name: 'Bluequay Freight',
    adminKey: createSecret('sk-admin-'),
    missingScope: null,
    missingWriteScope: null,
    certificates: rows.map((row) => toCertificate(row, calendar)),
    projects: Object.entries(projectDays).map(
      ([name, [created, archived]]): Project => ({
        id: `proj_${digitsOf(name, 16)}`,
        name,
        createdAt: seconds(calendar.startOf(created)),
        archivedAt: archived === undefined ? null : seconds(calendar.startOf(archived)),
        certificates: rows.flatMap((row) => {
          const active = row.projects?.[name]
          return active === undefined ? [] : [{ certificateId: idOf(row), active }]
        }),
      }),
    ),
  }
}

function toCertificate(row: Row, calendar: Calendar): Certificate {
  const { name, commonName, days, active, keyAlgorithm = 'ECDSA', missing, subjectAltNames } = row
  const notBefore = calendar.startOf(days[0])
  const notAfter = calendar.endOf(days[1])
  return {
    id: idOf(row),
    name,
    createdAt: seconds(calendar.startOf(days[0])) + 9 * 3600,
    active,
    validAt: missing === 'both' ? null : seconds(notBefore),
    expiresAt: missing ? null : seconds(notAfter),
    pem: null,
    pemOnOneLine: false,
    x509: {
      subject: `CN=${commonName},O=Bluequay Freight,C=NL`,
      ...(row.intermediate && { issuer: 'CN=Bluequay Root CA,O=Bluequay Freight,C=NL', signedWith: 'RSA' }),
      serialNumber: digitsOf(commonName, 32),
      notBefore,
      notAfter,
      keyAlgorithm,
      ...(subjectAltNames && { subjectAltNames }),
      authority: true,
    },
  }
}

function idOf({ commonName }: Row): string {
  return `cert_${digitsOf(commonName, 18)}`
}

function seconds(moment: Date): number {
  return moment.getTime() / 1000
}
