import { issueCertificate } from '../../../sandbox/issue-certificate.ts'
import { type Calendar, createCalendar, digitsOf } from '../../../sandbox/seed-values.ts'
import { freightRows, paymentRows, type Row } from './rows.ts'
import { createAccount, createAuthority, expiryOf, fingerprintOf, plainNetwork, serialOf } from './seed-parts.ts'
import type { Account, DeployedCertificate, Deployment, Enrollment } from './state.ts'

/** An account with two contracts and enrollments of every kind. */
export async function createAccountOfTwoContracts(now: number): Promise<Account> {
  const calendar = createCalendar(now)
  const enroll = (rows: readonly Row[], firstId: number) =>
    Promise.all(rows.map((row, index) => toEnrollment(row, firstId + 7 * index, calendar)))
  const contracts = [
    { id: 'C-1BQ7FR8', parent: null, enrollments: await enroll(freightRows, 204_118) },
    { id: 'K-2CB4PY1', parent: null, enrollments: await enroll(paymentRows, 219_540) },
  ]
  return createAccount('bluequay', 'Bluequay CDN', contracts, [
    { accountName: 'Bluequay Freight', accountSwitchKey: '1-7BQFR:1-2RBL' },
    { accountName: 'Bluequay Freight Labs', accountSwitchKey: '1-7BQLB' },
    { accountName: 'Clearberth Payments', accountSwitchKey: '1-9CBPY:1-2RBL' },
  ])
}

async function toEnrollment(row: Row, id: number, calendar: Calendar): Promise<Enrollment> {
  const { commonName, otherNames = [], slots = [], pending, both } = row
  const shared = both ? await deploy(row, both, calendar) : null
  const production = row.production ? await deploy(row, row.production, calendar) : shared
  const staging = row.staging ? await deploy(row, row.staging, calendar) : shared
  return {
    id,
    certificateType: row.type,
    ...validationOf(row.type),
    autoRenewalStartTime: autoRenewalOf(row, calendar),
    commonName,
    subjectAltNames: otherNames && [...otherNames, commonName.toLowerCase()],
    multiStacked: row.keys === 'stacked',
    slots: production || staging ? slots : null,
    pendingChanges: pending ? [{ id: 10 * id + 3, type: pending }] : null,
    network: { ...plainNetwork, ...row.network },
    clientAuthentication: row.clientAuthentication ?? null,
    production,
    staging,
  }
}

function validationOf(
  type: Enrollment['certificateType'],
): Pick<Enrollment, 'registrationAuthority' | 'validationType'> {
  if (type === 'third-party') return { registrationAuthority: type, validationType: type }
  return type === 'san'
    ? { registrationAuthority: 'lets-encrypt', validationType: 'dv' }
    : { registrationAuthority: 'symantec', validationType: 'ov' }
}

/** 30 days before the expiry. Certificates of a third party are not renewed automatically. */
function autoRenewalOf({ type, production, both, staging }: Row, calendar: Calendar): string | null {
  const [, last] = production ?? both ?? staging ?? []
  return type === 'third-party' || last === undefined ? null : expiryOf(calendar.startOf(last - 30))
}

async function deploy(row: Row, days: readonly [number, number], calendar: Calendar): Promise<Deployment> {
  const { commonName, otherNames, keys = 'RSA', network } = row
  return {
    primary: await issue(row, days, keys === 'stacked' ? 'RSA' : keys, calendar),
    multiStacked: keys === 'stacked' ? [await issue(row, days, 'ECDSA', calendar)] : [],
    dnsNames: otherNames === null ? null : [commonName.toLowerCase(), ...(otherNames ?? [])],
    network: { ...plainNetwork, ...network },
  }
}

async function issue(
  { commonName, otherNames, legacy }: Row,
  [first, last]: readonly [number, number],
  keyAlgorithm: 'ECDSA' | 'RSA',
  calendar: Calendar,
): Promise<DeployedCertificate> {
  const serialNumber = digitsOf(`${commonName} ${keyAlgorithm} ${first}`, 36)
  const { name: issuer, trustChain } = await createAuthority(keyAlgorithm, calendar)
  const notAfter = calendar.endOf(last)
  const { pem, sha256Fingerprint } = await issueCertificate({
    subject: `CN=${commonName}`,
    issuer,
    serialNumber,
    notBefore: calendar.startOf(first),
    notAfter,
    keyAlgorithm,
    subjectAltNames: [commonName, ...(otherNames ?? [])].map((value) => ({ type: 'dns', value })),
  })
  return {
    expiry: legacy ? expiryOf(notAfter).replace('Z', 'z') : expiryOf(notAfter),
    issuer,
    keyAlgorithm,
    signatureAlgorithm: legacy ? null : 'SHA-256',
    serial: serialOf(serialNumber),
    sha256Fingerprint: fingerprintOf(sha256Fingerprint),
    pem: () => pem,
    trustChain: legacy ? null : trustChain,
  }
}
