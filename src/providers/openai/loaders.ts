import { LRUCache } from 'lru-cache'
import type { CertificateList } from '../../catalog/certificate-list.ts'
import { parseX509, type X509Details } from '../../catalog/x509.ts'
import { ReadingCache } from '../../upstream/cache/reading-cache.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { createLoader, type Loader } from '../../upstream/loader.ts'
import type { PlaceList } from '../place.ts'
import { createPlaceLoader, type PlaceLoader } from '../place-loader.ts'
import { parseRows } from '../shape.ts'
import type { OpenAICertificate } from './certificate.ts'
import { toCertificateList } from './certificate-list.ts'
import { type OpenAIOrganization, OpenAIProject } from './places.ts'
import { certificateShape, isArchived, projectShape } from './wire.ts'

export interface OpenAILoaders {
  readonly organizationCertificates: PlaceLoader<OpenAIOrganization, CertificateList<OpenAICertificate>>
  readonly projectCertificates: PlaceLoader<OpenAIProject, CertificateList<OpenAICertificate>>
  readonly projects: PlaceLoader<OpenAIOrganization, PlaceList<OpenAIProject>>
  /** PEM; read anew by every operation that asks, never kept. */
  readonly content: Loader<OpenAICertificate, string>
  /** What the PEM says; kept for as long as the process has room, for a certificate never changes. */
  readonly x509: Loader<OpenAICertificate, X509Details>
}

const mostParsed = 20_000

export function createOpenAILoaders(upstream: UpstreamDependencies): OpenAILoaders {
  const certificates = new ReadingCache<CertificateList<OpenAICertificate>>(upstream, ({ rows }) => rows.length)
  const discoveries = new ReadingCache<PlaceList<OpenAIProject>>(upstream, ({ places }) => places.length)
  const parsed = new LRUCache<string, X509Details>({ maxSize: mostParsed, sizeCalculation: () => 1 })

  const content = createLoader<OpenAICertificate, string>(
    ({ place: { client }, certificateId }, operation) =>
      client.pipeline.runForOperation(operation, (context) => client.getCertificateContent(certificateId, context)),
    ({ id }) => id,
  )

  const loaders: OpenAILoaders = {
    organizationCertificates: createPlaceLoader(certificates, (organization) => {
      const { id, client } = organization
      return {
        key: id,
        pipeline: client.pipeline,
        ttl: client.schedule.ttl(id),
        shared: { identity: [...client.identity, 'certificates'], fields: certificateShape.fields },
        changes: client.changes,
        read: (context) => client.listOrganizationCertificates(context),
        toValue: (list) => toCertificateList(list, organization, 'organization'),
      }
    }),
    projectCertificates: createPlaceLoader(certificates, ({ id, vendorId, organization }) => {
      const { client } = organization
      return {
        key: id,
        pipeline: client.pipeline,
        ttl: client.schedule.ttl(id),
        shared: { identity: [...client.identity, 'certificates', vendorId], fields: certificateShape.fields },
        changes: client.changes,
        read: (context) => client.listProjectCertificates(vendorId, context),
        toValue: (list) => toCertificateList(list, organization, 'project'),
      }
    }),
    projects: createPlaceLoader(discoveries, (organization) => {
      const { id, client } = organization
      return {
        key: id,
        pipeline: client.pipeline,
        ttl: upstream.settings.discoveryTtl,
        shared: { identity: [...client.identity, 'projects'], fields: projectShape.fields },
        read: (context) => client.listProjects(context),
        toValue: (list) => {
          const { items, unreadable } = parseRows(list, projectShape)
          const open = items.filter((project) => !isArchived(project))
          const places = open.map((project) => new OpenAIProject(organization, project.id, project.name, loaders))
          return { places, unreadableRows: unreadable }
        },
      }
    }),
    content,
    x509: createLoader(
      async (certificate, operation) => {
        const known = parsed.get(certificate.id)
        if (known) return known
        const details = parse(certificate, await content(operation, certificate))
        parsed.set(certificate.id, details)
        return details
      },
      ({ id }) => id,
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
