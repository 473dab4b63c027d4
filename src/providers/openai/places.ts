import { parseX509, type X509Details } from '../../catalog/x509.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { createLoader } from '../../upstream/loader.ts'
import type { ListedPlace } from '../kit-place.ts'
import { definePlaceKind, definePlacesBelow } from '../place-kind.ts'
import { located } from '../place-loader.ts'
import { runForPlace } from '../planned-calls.ts'
import { createPlaces } from '../vendor-places.ts'
import { X509Store, x509Bounds } from '../x509-store.ts'
import { type OpenAICertificate, toOpenAICertificate } from './certificate.ts'
import { createOpenAIClient, type OpenAIClient } from './client.ts'
import type { OpenAIConfig } from './config.ts'
import { isForbidden } from './forbidden.ts'
import { certificateShape, isArchived, projectShape } from './wire.ts'

export type OpenAIOrganization = ListedPlace<OpenAICertificate, OpenAIClient, null, OpenAIProject>
export type OpenAIProject = ListedPlace<OpenAICertificate, OpenAIClient, OpenAIOrganization>
export type OpenAIPlaces = ReturnType<typeof createOpenAIPlaces>

export function createOpenAIPlaces({ organizations }: OpenAIConfig, upstream: UpstreamDependencies) {
  return createPlaces(upstream, {
    kind: upstream.kept.get(['kind'], () => defineOrganization(upstream)),
    certificate: 'OpenAICertificate',
    accounts: organizations.map((config) => {
      const { name, projects, ...settings } = config
      return {
        vendorId: config.id,
        name,
        below: projects,
        settings,
        createClient: () => createOpenAIClient(config, upstream),
      }
    }),
  })
}

function defineOrganization(upstream: UpstreamDependencies) {
  const loadContent = createContentLoader()
  const store = new X509Store(upstream.clock, upstream.replicas.texts('x509', x509Bounds))
  const loadX509 = createX509Loader(store, loadContent)

  const project = definePlaceKind(upstream, {
    provider: 'OPENAI',
    typename: 'OpenAIProject',
    key: 'projectId',
    noun: 'OpenAI project',
    resource: 'certificates',
    list: ({ client, vendorId }: OpenAIProject, context) => client.listProjectCertificates(vendorId, context),
    shape: certificateShape,
    toCertificate: (row, { parent }: OpenAIProject) => toOpenAICertificate(row, parent, 'project'),
    replacementKey,
    activeHere: ({ listedActive }) => listedActive,
    isPaged: true,
    isChangeable: true,
  })
  return definePlaceKind(upstream, {
    provider: 'OPENAI',
    typename: 'OpenAIOrganization',
    key: 'organizationId',
    noun: 'OpenAI organization',
    resource: 'certificates',
    list: ({ client }: OpenAIOrganization, context) => client.listOrganizationCertificates(context),
    shape: certificateShape,
    toCertificate: (row, place: OpenAIOrganization) => toOpenAICertificate(row, place, 'organization'),
    replacementKey,
    isPaged: true,
    isChangeable: true,
    below: definePlacesBelow(upstream, project, {
      resource: 'projects',
      setting: 'projects',
      isPaged: true,
      isForbidden,
      list: ({ client }: OpenAIOrganization, context) => client.listProjects(context),
      shape: projectShape,
      toPlace: (row) => (isArchived(row) ? null : { vendorId: row.id, name: row.name }),
    }),
    x509: async (place, operation, certificate) =>
      certificate.unsent?.details ?? located(place, loadX509(operation, certificate)),
    details: {
      resource: 'contents',
      has: ({ client }, { certificateId }) => store.has(client.x509Key(certificateId)),
    },
    pem: async (place, operation, certificate) =>
      certificate.unsent?.pem ?? located(place, loadContent(operation, certificate)),
  })
}

/** OpenAI has no word for renewal: a certificate that replaces another one is uploaded under the same name. */
function replacementKey({ name }: OpenAICertificate): string | null {
  return name
}

function createContentLoader() {
  return createLoader<OpenAICertificate, string>(
    ({ place, certificateId }, operation) =>
      runForPlace(place, 'contents', operation, (context) =>
        place.client.getCertificateContent(certificateId, context),
      ),
    ({ id }) => id,
  )
}

function createX509Loader(store: X509Store, loadContent: ReturnType<typeof createContentLoader>) {
  return createLoader<OpenAICertificate, X509Details>(
    (certificate, operation) =>
      store.read(
        certificate.place.client.x509Key(certificate.certificateId),
        () => loadContent(operation, certificate),
        (content) => parse(certificate, content),
        operation.basis,
      ),
    ({ id }) => id,
  )
}

function parse({ certificateId }: OpenAICertificate, pem: string): X509Details {
  try {
    return parseX509(pem)
  } catch (cause) {
    const problem = `the content of ${certificateId} is not an X.509 certificate in PEM`
    throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem, {}, cause)
  }
}
