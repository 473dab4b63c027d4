import { parseX509, type X509Details } from '../../catalog/x509.ts'
import type { Operation } from '../../operation.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { createLoader } from '../../upstream/loader.ts'
import type { ListedPlace } from '../kit-place.ts'
import { definePlaceKind, definePlacesBelow } from '../place-kind.ts'
import { located } from '../place-loader.ts'
import { runForPlace } from '../planned-calls.ts'
import { createPlaces } from '../vendor-places.ts'
import { type X509Key, X509Store, x509Bounds } from '../x509-store.ts'
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
      has: (_place, certificate) => store.has(toX509Key(certificate)),
    },
    pem: async (place, operation, certificate) =>
      certificate.unsent?.pem ?? located(place, loadPem(loadContent, operation, certificate)),
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
        toX509Key(certificate),
        () => loadContent(operation, certificate),
        (content) => parse(certificate, content),
        operation.basis,
      ),
    ({ id }) => id,
  )
}

/** The content, which must not be that of another certificate. */
async function loadPem(
  loadContent: ReturnType<typeof createContentLoader>,
  operation: Operation,
  certificate: OpenAICertificate,
): Promise<string> {
  const pem = await loadContent(operation, certificate)
  const details = tryToParse(pem)
  if (details && !isOf(certificate, details)) throw otherContent(certificate)
  return pem
}

function parse(certificate: OpenAICertificate, pem: string): X509Details {
  let details: X509Details
  try {
    details = parseX509(pem)
  } catch (cause) {
    const problem = `the content of ${certificate.certificateId} is not an X.509 certificate in PEM`
    throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem, {}, cause)
  }
  if (!isOf(certificate, details)) throw otherContent(certificate)
  return details
}

function tryToParse(pem: string): X509Details | null {
  try {
    return parseX509(pem)
  } catch {
    // It is returned as it is.
    return null
  }
}

/** OpenAI's list has no fingerprint. A certificate has exactly the dates that the list says, as far as it has any. */
function isOf({ validFrom, expiresAt }: OpenAICertificate, details: X509Details): boolean {
  return isSameSecond(validFrom, details.validFrom) && isSameSecond(expiresAt, details.expiresAt)
}

function isSameSecond(listed: number | null | undefined, other: number | null): boolean {
  const one = listed ?? null
  return one === null || other === null || Math.floor(one / 1000) === Math.floor(other / 1000)
}

function otherContent({ certificateId }: OpenAICertificate): UpstreamError {
  const problem = `the content of ${certificateId} is another certificate: its dates are not those of the list`
  return new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem)
}

function toX509Key(certificate: OpenAICertificate): X509Key {
  const key = certificate.place.client.x509Key(certificate.certificateId)
  return { ...key, accepts: (details) => isOf(certificate, details) }
}
