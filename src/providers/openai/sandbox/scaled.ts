import { createCalendar, createSecret, digitsOf, numbered } from '../../../sandbox/seed-values.ts'
import type { Certificate, Organization, Project } from './state.ts'

export interface OpenAIScale {
  readonly organizations: number
  readonly certificatesPerOrganization: number
  readonly projectsPerOrganization: number
}

/** Organizations of a given size. Every certificate is active, and is listed and active in one fifth of the projects. */
export function createScaledOrganizations(
  now: number,
  { organizations = 1, certificatesPerOrganization = 14, projectsPerOrganization = 5 }: Partial<OpenAIScale>,
): Organization[] {
  const calendar = createCalendar(now)
  const firstDay = calendar.startOf(-400)
  const createdAt = firstDay.getTime() / 1000

  const toCertificate = (label: string, index: number): Certificate => {
    const notAfter = calendar.endOf((index % 400) - 20)
    return {
      id: `cert_${digitsOf(label, 18)}`,
      name: label,
      createdAt: createdAt + index,
      active: true,
      validAt: createdAt,
      expiresAt: notAfter.getTime() / 1000,
      pem: null,
      pemOnOneLine: false,
      x509: {
        subject: `CN=${label},O=Bluequay Freight,C=NL`,
        serialNumber: digitsOf(label, 32),
        notBefore: firstDay,
        notAfter,
        keyAlgorithm: 'ECDSA',
        authority: true,
      },
    }
  }

  return numbered(organizations).map((o) => {
    const certificates = numbered(certificatesPerOrganization).map((c) => toCertificate(`Client CA ${o}-${c}`, c))
    const projects = numbered(projectsPerOrganization).map(
      (p): Project => ({
        id: `proj_${digitsOf(`project ${o}-${p}`, 16)}`,
        name: `Project ${p}`,
        createdAt: createdAt + p,
        archivedAt: null,
        certificates: certificates
          .filter((_, index) => index % 5 === p % 5)
          .map(({ id }) => ({ certificateId: id, active: true })),
      }),
    )
    return {
      id: `org_scaled${o}`,
      name: `Organization ${o}`,
      adminKey: createSecret('sk-admin-'),
      missingScope: null,
      missingWriteScope: null,
      certificates,
      projects,
    }
  })
}
