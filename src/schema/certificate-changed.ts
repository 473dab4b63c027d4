import type { ChangeKind } from '../changes/change.ts'
import type { KeptChange } from '../changes/change-text.ts'
import { HiddenEvent } from '../hidden-event.ts'
import { InputError } from '../input-error.ts'
import type { Operation } from '../operation.ts'
import type { CertificateHolder } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import {
  type ChangeSource,
  createPlaceOfChange,
  findFollowedPlaces,
  type NamedPlaces,
  readBounds,
  toUnreadable,
} from './change-list.ts'
import type { registerChanges } from './changes.ts'
import type { NodeFinder } from './find-node.ts'
import type { SchemaKit } from './kit.ts'
import { rejectCalls } from './rejected-calls.ts'

interface FollowArguments {
  readonly kinds?: readonly ChangeKind[] | null | undefined
  readonly placeIds?: readonly string[] | null | undefined
  readonly after?: string | null | undefined
}

interface Search {
  readonly vendors: readonly Vendor[]
  readonly nodes: NodeFinder
}

/** A change, with the places that the subscriber has named. */
interface FollowedChange {
  readonly change: KeptChange
  /** Null: all places. */
  readonly named: NamedPlaces | null
}

/** `Subscription.certificateChanged`: the changes as they are recorded. */
export function registerCertificateChanged(
  { builder }: SchemaKit,
  { CertificateChange, CertificateChangeKind }: ReturnType<typeof registerChanges>,
  search: Search,
  source: ChangeSource | null,
): void {
  const placeOf = createPlaceOfChange(search.vendors)
  builder.subscriptionField('certificateChanged', (t) =>
    t.field({
      type: CertificateChange,
      description:
        'Each change when it is recorded, in the places that the caller may see at that moment. Made from readings that are made ' +
        'anyway: subscribers cause no call to a vendor, except for the list of places that `placeIds` may need. A field that ' +
        'is not known without a call is null with an error. BAD_USER_INPUT for one that is always read by a call, such as `pem`. ' +
        'The stream does not end by itself.',
      args: {
        kinds: t.arg({ type: [CertificateChangeKind], description: 'Only changes of these kinds. Default: all.' }),
        placeIds: t.arg.idList({
          description:
            'Only changes in these places, by global id or by the vendor’s own id. An account whose certificates are in ' +
            'places below it stands for those. NOT_CONFIGURED for an id that names no place. Default: all places.',
        }),
        after: t.arg.string({
          description:
            'The id of the last change that was received: every change that was recorded since is delivered first. ' +
            'BAD_USER_INPUT when the history does not have all of them. Default: only changes from now on.',
        }),
      },
      subscribe: async (_root, args, operation, info) => {
        rejectCalls(info)
        return follow(source, search, operation, args)
      },
      // Executed for each change, by the schema of the configuration that is in use then.
      resolve: ({ change, named }, _args, operation) => {
        const { historyKey, provider, placeId: id, placeVendorId: vendorId } = change
        const place = placeOf(operation, { historyKey, provider, id, vendorId })
        if (!place || !isNamed(named, place)) throw new HiddenEvent()
        return { ...change, place }
      },
    }),
  )
}

async function follow(
  source: ChangeSource | null,
  search: Search,
  operation: Operation,
  { kinds, placeIds, after }: FollowArguments,
): Promise<AsyncIterable<FollowedChange>> {
  if (kinds?.length === 0) throw new InputError('kinds: an empty list matches nothing; leave it out for all')
  if (placeIds?.length === 0) throw new InputError('placeIds: an empty list matches nothing; leave it out for all')
  if (!source) throw toUnreadable()
  const from = await findStart(source, after ?? null)
  const named = await findFollowedPlaces(source, search, operation, placeIds ?? null)
  return changesAfter(source, from, operation, { kinds: kinds && new Set(kinds), named })
}

/** The sequence of the change before the first one that is delivered. @throws InputError when others are missing after it */
async function findStart({ history }: ChangeSource, after: string | null): Promise<number> {
  const { first, last } = await readBounds(history)
  if (after === null) return last
  const sequence = history.sequenceOf(after)
  if (sequence === null || sequence > last) {
    throw new InputError(
      'after: not the id of a change in this history, which may have been lost; read the certificates, then subscribe ' +
        'without `after`',
    )
  }
  if (sequence + 1 >= first) return sequence
  throw new InputError(
    'after: the changes that followed this one are not kept any more; read the certificates, then subscribe without `after`',
  )
}

async function* changesAfter(
  { history }: ChangeSource,
  from: number,
  { signal, timeSlice }: Operation,
  { kinds, named }: { readonly kinds: ReadonlySet<ChangeKind> | null | undefined; readonly named: NamedPlaces | null },
): AsyncGenerator<FollowedChange, void> {
  for await (const changes of history.follow(from, signal)) {
    for (const change of changes) if (!kinds || kinds.has(change.kind)) yield { change, named }
    if (timeSlice.isOver()) await timeSlice.next()
  }
}

/** A place below an account that was named counts also when it was found later. */
function isNamed(named: NamedPlaces | null, { id, parent }: CertificateHolder): boolean {
  return named === null || named.places.has(id) || (parent !== null && named.accounts.has(parent.id))
}
