import { toCertificatesHref } from './certificate-query.ts'
import { formatCount } from './format.ts'
import type { CertificateProjectsQuery, CertificateQuery } from './generated/graphql.ts'

export type CertificateDetail = NonNullable<CertificateQuery['certificate']>
/** Undefined while they are loaded; null when they could not be. */
type Projects = CertificateProjectsQuery['certificate'] | undefined

interface EffectCount {
  /** The noun for one of them, and for any other number. */
  readonly nouns: readonly [one: string, other: string]
  readonly count: number | 'loading' | 'unknown'
  /** Where the reader finds what is counted. */
  readonly href?: string
}

/** What stops working when a certificate expires: a sentence, and counts. */
export interface Effect {
  readonly sentence: string
  readonly counts: readonly EffectCount[]
  /** The names that clients connect to. */
  readonly names: readonly string[]
}

/** The names that the certificate is served for on a network. */
export const toServedNames = (
  deployments: readonly { readonly network: string; readonly dnsNames: readonly string[] | null }[],
  network: string,
): readonly string[] =>
  [...new Set(deployments.filter((each) => each.network === network).flatMap(({ dnsNames }) => dnsNames ?? []))].sort()

/** An expired certificate has done its harm. */
export const toEffectTitle = (expiryStatus: string): string =>
  expiryStatus === 'EXPIRED' ? 'What stopped working when it expired' : 'What stops working when it expires'

/** Null for a vendor that this file does not describe. */
export function toEffect(certificate: CertificateDetail, projects: Projects): Effect | null {
  switch (certificate.__typename) {
    case 'AkamaiCertificate':
      return toAkamaiEffect(certificate)
    case 'OpenAICertificate':
      return toOpenAIEffect(certificate, projects)
    case 'LivePersonCertificate':
      return {
        sentence:
          certificate.active === false || certificate.deleted
            ? `LivePerson does not use it: no connection of ${certificate.place.label} depends on it.`
            : `LivePerson presents it to the services that ${certificate.place.label} connects to. They refuse it after its end. The vendor does not report which services these are.`,
        counts: [],
        names: [],
      }
    default:
      return null
  }
}

type AkamaiDetail = Extract<CertificateDetail, { __typename: 'AkamaiCertificate' }>
type OpenAIDetail = Extract<CertificateDetail, { __typename: 'OpenAICertificate' }>

function toAkamaiEffect({ deployments, subjectAltNames, place }: AkamaiDetail): Effect {
  const inProduction = deployments.filter(({ network }) => network === 'PRODUCTION')
  const served = toServedNames(deployments, inProduction.length > 0 ? 'PRODUCTION' : 'STAGING')
  // The networks may not report the names. Those of the certificate are the next best ones.
  const names = served.length > 0 ? served : subjectAltNames
  const counts: readonly EffectCount[] = [
    { nouns: ['name', 'names'], count: names?.length ?? 'unknown' },
    { nouns: ['production deployment', 'production deployments'], count: inProduction.length, href: '#deployments' },
    {
      nouns: ['staging deployment', 'staging deployments'],
      count: deployments.length - inProduction.length,
      href: '#deployments',
    },
  ]
  const clients = `clients of ${names === null ? 'its names, which are unknown' : formatCount(names.length, 'name')}`
  return {
    sentence:
      inProduction.length > 0
        ? `TLS connections to Akamai fail for ${clients}, unless another certificate of ${place.label} serves them.`
        : `It is not in production. On the staging network, TLS connections fail for ${clients}.`,
    counts,
    names: names ?? [],
  }
}

/** In how many projects a certificate is activated, and of how many that is not known. */
export interface Activation {
  readonly activated: number
  readonly unknown: number
}

/** Null when the projects could not be listed. A project that could not be read, or is not on the page, may have it activated. */
export function toActivation(projects: Projects): Activation | null {
  const list = projects?.__typename === 'OpenAICertificate' ? projects.projects : null
  if (!list) return null
  const activated = list.edges.filter(({ active }) => active).length
  return { activated, unknown: list.totalCount - activated }
}

function toOpenAIEffect({ active, place }: OpenAIDetail, projects: Projects): Effect {
  const activation = toActivation(projects)
  const last = projects?.__typename === 'OpenAICertificate' ? projects.lastActiveIn : null
  const absent = projects === undefined ? 'loading' : 'unknown'
  const { activated = 0, unknown = 0 } = activation ?? {}
  const counts: readonly EffectCount[] = [
    {
      nouns: ['project with it activated', 'projects with it activated'],
      // No project of which anything is known is no number.
      count: activation === null || (activated === 0 && unknown > 0) ? absent : activated,
      href: '#projects',
    },
    ...(unknown === 0
      ? []
      : [
          {
            nouns: ['project that could not be read', 'projects that could not be read'] as const,
            count: unknown,
            href: '#projects',
          },
        ]),
    {
      nouns: ['place where it is the only active one', 'places where it is the only active one'],
      count: last?.length ?? absent,
      ...(last?.length ? { href: toCertificatesHref({ conditions: { placeIds: last.map(({ id }) => id) } }) } : {}),
    },
  ]
  const where = active
    ? `${place.label} and all of its projects`
    : activated === 0
      ? `the projects of ${place.label} in which it is active`
      : unknown === 0
        ? formatCount(activated, 'project')
        : `at least ${formatCount(activated, 'project')}`
  const isNowhere = active === false && activation !== null && activated === 0 && unknown === 0
  return {
    sentence: isNowhere
      ? 'It is active nowhere: no caller of OpenAI depends on it.'
      : `OpenAI refuses callers of ${where} whose client certificates were issued by it.`,
    counts,
    names: [],
  }
}
