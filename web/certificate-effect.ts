import { formatCount } from './format.ts'
import type { CertificateProjectsQuery, CertificateQuery } from './generated/graphql.ts'

export type CertificateDetail = NonNullable<CertificateQuery['certificate']>
/** Undefined while they are loaded; null when they could not be. */
type Projects = CertificateProjectsQuery['certificate'] | undefined

interface EffectCount {
  /** The noun for one of them, and for any other number. */
  readonly nouns: readonly [one: string, other: string]
  /** Null while it is loaded; undefined when it could not be read. */
  readonly count: number | null | undefined
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
  const names = served.length > 0 ? served : (subjectAltNames ?? [])
  const counts: readonly EffectCount[] = [
    { nouns: ['name', 'names'], count: names.length },
    { nouns: ['production deployment', 'production deployments'], count: inProduction.length },
    { nouns: ['staging deployment', 'staging deployments'], count: deployments.length - inProduction.length },
  ]
  const clients = `clients of ${formatCount(names.length, 'name')}`
  return {
    sentence:
      inProduction.length > 0
        ? `TLS connections to Akamai fail for ${clients}, unless another certificate of ${place.label} serves them.`
        : `It is not in production. On the staging network, TLS connections fail for ${clients}.`,
    counts,
    names,
  }
}

function toOpenAIEffect({ active, place }: OpenAIDetail, projects: Projects): Effect {
  const known = projects?.__typename === 'OpenAICertificate' ? projects : null
  const activated = known?.projects?.totalCount
  const last = known?.lastActiveIn?.length
  const counts: readonly EffectCount[] = [
    {
      nouns: ['project with it activated', 'projects with it activated'],
      count: projects === undefined ? null : activated,
    },
    {
      nouns: ['place where it is the only active one', 'places where it is the only active one'],
      count: projects === undefined ? null : last,
    },
  ]
  const where = active
    ? `${place.label} and all of its projects`
    : activated === undefined
      ? `the projects of ${place.label} in which it is active`
      : formatCount(activated, 'project')
  return {
    sentence:
      active === false && activated === 0
        ? 'It is active nowhere: no caller of OpenAI depends on it.'
        : `OpenAI refuses callers of ${where} whose client certificates were issued by it.`,
    counts,
    names: [],
  }
}
