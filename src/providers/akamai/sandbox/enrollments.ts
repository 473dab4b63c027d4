import type { EmulatedResponse } from '../../../sandbox/call.ts'
import { mediaTypes } from './rejections.ts'
import type { ClientAuthentication, Contract, Enrollment } from './state.ts'

/** Enrollments v11. Ids are strings here, and locations start differently than in active-certificates. */
export function respondEnrollments({ enrollments }: Contract): EmulatedResponse {
  const headers = { 'content-type': mediaTypes.enrollments }
  return { status: 200, headers, body: { enrollments: enrollments.map(described) } }
}

function described(enrollment: Enrollment) {
  const { id, certificateType, commonName, subjectAltNames, multiStacked, slots, pendingChanges } = enrollment
  const location = `/cps-api/enrollments/${id}`
  return {
    id: String(id),
    location,
    ra: enrollment.registrationAuthority,
    validationType: enrollment.validationType,
    certificateType,
    certificateChainType: 'default',
    autoRenewalStartTime: enrollment.autoRenewalStartTime,
    changeManagement: false,
    enableMultiStackedCertificates: multiStacked,
    signatureAlgorithm: certificateType === 'third-party' ? null : 'SHA-256',
    csr: { cn: commonName, sans: subjectAltNames, ...organization, preferredTrustChain: null },
    pendingChanges:
      pendingChanges?.map(({ id, type }) => ({ changeType: type, location: `${location}/changes/${id}` })) ?? [],
    assignedSlots: slots,
    productionSlots: enrollment.production && slots,
    stagingSlots: enrollment.staging && slots,
    maxAllowedSanNames: 100,
    maxAllowedWildcardSanNames: 100,
    networkConfiguration: networkOf(enrollment),
    orgId: 610_204,
    org: { name: organization.o, phone: contact.phone, country: organization.c, ...address },
    adminContact: contact,
    techContact: contact,
    thirdParty: certificateType === 'third-party' ? { excludeSans: false } : null,
  }
}

/** This version has no FIPS mode, and has DNS names only for enrollments with SNI. */
function networkOf({ commonName, subjectAltNames, network, clientAuthentication }: Enrollment) {
  const { fipsMode: _, ...settings } = network
  const dnsNames = subjectAltNames ?? [commonName.toLowerCase()]
  return {
    ...settings,
    dnsNameSettings: network.sniOnly ? { cloneDnsNames: subjectAltNames !== null, dnsNames } : null,
    clientMutualAuthentication: clientAuthentication && authenticationOf(clientAuthentication),
  }
}

function authenticationOf({ setId, ocsp, sendCaList }: ClientAuthentication) {
  return { setId, authenticationOptions: { ocsp: { enabled: ocsp }, sendCaListToClient: sendCaList } }
}

const organization = { c: 'NL', st: 'ZH', l: 'Rotterdam', o: 'Bluequay Freight', ou: 'Certificates' }

const address = {
  addressLineOne: 'Quay 7',
  addressLineTwo: null,
  city: 'Rotterdam',
  region: 'ZH',
  postalCode: '3011 QQ',
}

const contact = {
  ...address,
  country: 'NL',
  firstName: 'Certificate',
  lastName: 'Desk',
  title: 'Duty officer',
  organizationName: organization.o,
  email: 'certificate-desk@bluequay.example',
  phone: '+31 10 555 0107',
}
