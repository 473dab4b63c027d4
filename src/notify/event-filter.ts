import type { NotifyEndpoint } from '../config/notify.ts'
import { type CertificateEvent, type SourceEvent, statusRank } from './event.ts'

type Filter = Pick<NotifyEndpoint, 'kinds' | 'owners' | 'places' | 'minStatus'>

/** Whether an endpoint gets a change of a certificate. All conditions hold. */
export function acceptsChange(
  { kinds, owners, places, minStatus }: Filter,
  { change, place, owner, status }: CertificateEvent,
): boolean {
  return (
    (kinds?.includes(change.kind) ?? true) &&
    (owners === null || (owner !== null && owners.includes(owner.name))) &&
    (places?.includes(place.vendorId) ?? true) &&
    (minStatus === null || statusRank(status) >= statusRank(minStatus))
  )
}

/**
 * Whether an endpoint gets an outage. A source has no owner and no status: its outage hides changes of all owners, and of
 * certificates of every status.
 */
export function acceptsSource(
  { kinds, places }: Filter,
  { kind, place }: Pick<SourceEvent, 'kind' | 'place'>,
): boolean {
  return (kinds?.includes(kind) ?? true) && (places?.includes(place.vendorId) ?? true)
}
