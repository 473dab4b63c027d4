import type { KnownSource } from '../providers/source-states.ts'
import type { FailureReason } from './failure-reason.ts'
import type { SourceErrors } from './source-errors.ts'
import type { Family, Sample } from './text-format.ts'

/** The series of each source has this reason from the start: an error of a new series would not count as an increase. */
const firstReason = 'http_5xx' satisfies FailureReason

/** The series of sources. */
export function toSourceFamilies(sources: readonly KnownSource[], errors: SourceErrors): readonly Family[] {
  const families = sources.map((source) => toSamples(source, errors))
  const family = (name: string, help: string, samplesOf: (samples: SourceSamples) => readonly Sample[]): Family => ({
    name,
    help,
    type: name.endsWith('_total') ? 'counter' : 'gauge',
    samples: families.flatMap(samplesOf),
  })
  return [
    family('x509_source_up', '1 if the last attempt to read the source succeeded, else 0.', ({ up }) => up),
    family('x509_source_bundles', 'Certificates in the last reading of the source.', ({ bundles }) => bundles),
    family('x509_source_errors_total', 'Failed attempts to read the source.', ({ errors }) => errors),
    family(
      'certgraph_source_reading_timestamp_seconds',
      'Unix time of the last reading of the source: nothing in it is older.',
      ({ timestamp }) => timestamp,
    ),
    family(
      'certgraph_source_stale',
      '1 if the last reading could not be refreshed, or is too old to be served without a new one, else 0.',
      ({ stale }) => stale,
    ),
    family(
      'certgraph_source_complete',
      '1 if there is a reading of the source in which every row could be read, else 0.',
      ({ complete }) => complete,
    ),
    family(
      'certgraph_source_certificates',
      'Certificates in the last reading of the source, soft-deleted ones included.',
      ({ certificates }) => certificates,
    ),
  ]
}

interface SourceSamples {
  readonly up: readonly Sample[]
  readonly bundles: readonly Sample[]
  readonly errors: readonly Sample[]
  readonly timestamp: readonly Sample[]
  readonly stale: readonly Sample[]
  readonly complete: readonly Sample[]
  readonly certificates: readonly Sample[]
}

function toSamples(state: KnownSource, errors: SourceErrors): SourceSamples {
  const { place, kind, list, asOf, wasRead, isUp } = state
  const source = toSourceLabels(place, kind)
  const labels = { ...source, provider: place.provider, place: place.vendorId }
  const isList = kind === 'CERTIFICATES'
  const failures = new Map([[firstReason, 0], ...errors.of(state)])
  return {
    up: [{ labels: source, value: Number(isUp) }],
    bundles: isList ? [{ labels: source, value: list?.present.length ?? 0 }] : [],
    errors: [...failures].map(([reason, value]) => ({ labels: { ...source, reason }, value })),
    timestamp: asOf === null ? [] : [{ labels, value: asOf / 1000 }],
    stale: [{ labels, value: Number(wasRead && (!isUp || state.isOverdue)) }],
    complete: [{ labels, value: Number(asOf !== null && state.unreadableRows === 0) }],
    certificates: isList && list ? [{ labels, value: list.rows.length }] : [],
  }
}

/** A source is named after its place. Other lists of a place than that of its certificates have their kind in the name. */
function toSourceLabels({ provider, vendorId }: KnownSource['place'], kind: string) {
  const name = kind === 'CERTIFICATES' ? vendorId : `${vendorId}/${kind.toLowerCase()}`
  return { source_kind: provider.toLowerCase(), source_name: name }
}
