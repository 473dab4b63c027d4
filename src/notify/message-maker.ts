import type { RecordedChange } from '../changes/change.ts'
import type { NotifyEndpoint } from '../config/notify.ts'
import type { KnownSource } from '../providers/source-states.ts'
import { responseTime } from '../response-time.ts'
import { visitInSlices } from '../time-slice.ts'
import type { KeptTexts } from '../upstream/kept-texts.ts'
import type { Redact } from '../upstream/redact.ts'
import { createEventsOf, type EventSources } from './certificate-events.ts'
import { Crossings, crossingKey, isCrossing } from './crossings.ts'
import type { CertificateEvent } from './event.ts'
import { acceptsChange, acceptsSource } from './event-filter.ts'
import { messageId } from './message-id.ts'
import type { Outages } from './outage.ts'
import { findOutages } from './outages.ts'
import { toCertificatePayload, toSourcePayload } from './payload.ts'
import type { NewMessage } from './summary.ts'

export interface MessageSources {
  readonly sources: EventSources
  listSources(): readonly KnownSource[]
  readonly publicUrl: string | null
  readonly redact: Redact
}

/** Makes the messages of one endpoint. */
export class MessageMaker {
  readonly #endpoint: NotifyEndpoint
  readonly #key: string
  readonly #from: MessageSources
  readonly #crossings: Crossings

  constructor(endpoint: NotifyEndpoint, key: string, from: MessageSources, crossings: KeptTexts) {
    this.#endpoint = endpoint
    this.#key = key
    this.#from = from
    this.#crossings = new Crossings(crossings, key, () => from.sources.clock.now())
  }

  /** The messages of the changes that the endpoint gets. A threshold that several places have crossed is one message. */
  async ofChanges(changes: readonly RecordedChange[], signal: AbortSignal): Promise<readonly NewMessage[]> {
    const { sources, publicUrl, redact } = this.#from
    const eventsOf = await createEventsOf(changes, sources, signal)
    const accepted: CertificateEvent[] = []
    await visitInSlices(changes, responseTime, (change) => {
      const event = eventsOf(change).find((each) => acceptsChange(this.#endpoint, each))
      if (event) accepted.push(event)
    })
    const messages: NewMessage[] = []
    for (const event of accepted) {
      if (responseTime.isOver()) await responseTime.next()
      const { change, status } = event
      if (isCrossing(change) && !(await this.#crossings.add(change))) continue
      const id = messageId(this.#key, isCrossing(change) ? crossingKey(change) : change.id)
      const payload = toCertificatePayload(event, { publicUrl, redact, expiry: sources.expiry })
      messages.push({ id, payload, status, at: change.at })
    }
    return messages
  }

  /** The outages from now on, and the messages of those that have begun or ended. */
  ofSources(before: Outages) {
    const { listSources, sources, redact } = this.#from
    const { places } = this.#endpoint
    const watched = listSources().filter(({ place }) => places?.includes(place.vendorId) ?? true)
    const { outages, events } = findOutages(watched, before, sources.clock.now())
    const messages = events
      .filter((event) => acceptsSource(this.#endpoint, event))
      .map((event): NewMessage => {
        const id = messageId(this.#key, event.kind, event.place.id, event.sourceKind, event.since)
        return { id, payload: toSourcePayload(event, { redact }), status: null, at: event.at }
      })
    return { outages, messages }
  }
}
