import { LRUCache } from 'lru-cache'
import { CertificateList } from '../../catalog/certificate-list.ts'
import { parseX509, type X509Details } from '../../catalog/x509.ts'
import type { Upstream } from '../../upstream/call.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { createLoader, type Loader } from '../../upstream/loader.ts'
import { type Reading, Readings } from '../../upstream/readings.ts'
import type { PlaceList } from '../place.ts'
import { createPlaceLoader } from '../place-loader.ts'
import { type OpenAICertificate, toOpenAICertificate } from './certificate.ts'
import { type OpenAIOrganization, OpenAIProject } from './places.ts'

export interface OpenAILoaders {
  readonly organizationCertificates: Loader<OpenAIOrganization, Reading<CertificateList<OpenAICertificate>>>
  readonly projectCertificates: Loader<OpenAIProject, Reading<CertificateList<OpenAICertificate>>>
  readonly projects: Loader<OpenAIOrganization, Reading<PlaceList<OpenAIProject>>>
  /** PEM; read anew by every operation that asks, never kept. */
  readonly content: Loader<OpenAICertificate, string>
  /** What the PEM says; kept for as long as the process has room, for a certificate never changes. */
  readonly x509: Loader<OpenAICertificate, X509Details>
}

const mostParsed = 20_000

export function createOpenAILoaders({ clock, settings }: Upstream): OpenAILoaders {
  const limits = { timeout: settings.readingTimeout }
  const certificates = new Readings<CertificateList<OpenAICertificate>>(clock, { ...limits, ttl: settings.ttl })
  const discoveries = new Readings<PlaceList<OpenAIProject>>(clock, { ...limits, ttl: settings.discoveryTtl })
  const parsed = new LRUCache<string, X509Details>({ max: mostParsed })

  const content = createLoader<OpenAICertificate, string>(
    ({ scope, certificateId }, { signal }) => scope.client.getCertificateContent(certificateId, signal),
    ({ id }) => id,
  )

  const loaders: OpenAILoaders = {
    organizationCertificates: createPlaceLoader(certificates, async (organization, signal) => {
      const { items, unreadable } = await organization.client.listOrganizationCertificates(signal)
      return new CertificateList(
        items.map((row) => toOpenAICertificate(row, organization, 'organization')),
        unreadable,
      )
    }),
    projectCertificates: createPlaceLoader(certificates, async ({ organization, vendorId }, signal) => {
      const { items, unreadable } = await organization.client.listProjectCertificates(vendorId, signal)
      return new CertificateList(
        items.map((row) => toOpenAICertificate(row, organization, 'project')),
        unreadable,
      )
    }),
    projects: createPlaceLoader(discoveries, async (organization, signal) => {
      const { items, unreadable } = await organization.client.listProjects(signal)
      const places = items.map(({ id, name }) => new OpenAIProject(organization, id, name, loaders))
      return { places, unreadableRows: unreadable }
    }),
    content,
    x509: createLoader(
      async (certificate, operation) => {
        const details = parse(certificate, await content(operation, certificate))
        parsed.set(certificate.id, details)
        return details
      },
      ({ id }) => id,
      ({ id }) => parsed.get(id),
    ),
  }
  return loaders
}

function parse({ certificateId }: OpenAICertificate, pem: string): X509Details {
  try {
    return parseX509(pem)
  } catch (cause) {
    const problem = `the content of ${certificateId} is no X.509 certificate in PEM`
    throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem, {}, cause)
  }
}
