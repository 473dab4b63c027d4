import { fromReading, type ReadCertificate } from '../catalog/certificate.ts'
import { type ChangeKind, changeKinds } from '../changes/change.ts'
import type { Operation } from '../operation.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { located } from '../providers/place-loader.ts'
import type { Vendor } from '../providers/provider.ts'
import { isVisible } from '../providers/visibility.ts'
import { type ChangeSource, listChanges, type PlacedChange } from './change-list.ts'
import { prices } from './cost/prices.ts'
import type { Enums } from './enums.ts'
import type { NodeFinder } from './find-node.ts'
import type { SchemaKit } from './kit.ts'

type FoundCertificate = ReadCertificate<PlacedCertificate> | null

const kindDescriptions: Record<ChangeKind, string> = {
  ACTIVATED: 'It is in force in the place now, and was not before.',
  APPEARED: 'The list of the place has it now, and had neither it nor one that it replaces before.',
  DEACTIVATED: 'It is not in force in the place any more.',
  EXPIRED: 'It passed its end.',
  EXPIRING: 'It crossed the warning or the critical threshold: see `expiryStatus`.',
  RENEWED:
    'It appeared in place of an earlier one: see `replacesId`. The earlier one has the same name (OpenAI, LivePerson), or ' +
    'the same enrollment and key type (Akamai), and is the only one.',
  VANISHED: 'The list of the place does not have it any more. A place that cannot be read changes nothing.',
}

/** `Query.certificateChanges`: what changed between the readings of each place. */
export function registerChanges(
  { builder, Certificate, CertificatePlace, toDateTime }: SchemaKit,
  { ExpiryStatus }: Enums,
  search: { readonly vendors: readonly Vendor[]; readonly nodes: NodeFinder },
  source: ChangeSource | null,
) {
  const CertificateChangeKind = builder.enumType('CertificateChangeKind', {
    description:
      'What happened to a certificate in a place, found by comparing two complete readings. A reading that failed or lost ' +
      'rows is compared with nothing.',
    values: Object.fromEntries(changeKinds.map((kind) => [kind, { description: kindDescriptions[kind] }])) as Record<
      ChangeKind,
      { readonly description: string }
    >,
  })
  const CertificateChange = builder.objectRef<PlacedChange>('CertificateChange')
  CertificateChange.implement({
    description: 'A change of a certificate in a place, as it was recorded.',
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Id of the change. Not an id for `node`.' }),
      kind: t.field({ type: CertificateChangeKind, description: 'What happened.', resolve: ({ kind }) => kind }),
      at: t.field({
        type: 'DateTime',
        description:
          'When the change was noticed, by the clock of this program. EXPIRING and EXPIRED: when the threshold was crossed, ' +
          'also while the program was not running.',
        resolve: ({ at }) => toDateTime(at),
      }),
      place: t.field({
        type: CertificatePlace,
        description:
          'The place whose list changed. EXPIRING and EXPIRED: a place that lists the certificate. A certificate in several ' +
          'places has one change in each; `certificateId` groups them.',
        resolve: ({ place }) => place,
      }),
      certificateId: t.exposeID('certificateId', {
        description: 'Global id of the certificate, also when it is gone.',
      }),
      name: t.exposeString('name', { nullable: true, description: 'Its name at that time. Null when it had none.' }),
      expiresAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'Its expiry, as the list had it at that time. Null when unknown.',
        resolve: ({ expiresAt }) => toDateTime(expiresAt),
      }),
      expiryStatus: t.field({
        type: ExpiryStatus,
        nullable: true,
        description: 'EXPIRING and EXPIRED: the status that it moved to. Null for any other kind.',
        resolve: ({ expiryStatus }) => expiryStatus,
      }),
      replacesId: t.id({
        nullable: true,
        description: 'RENEWED: the global id of the certificate that it replaces. Null for any other kind.',
        resolve: ({ replacesId }) => replacesId,
      }),
      certificate: t.field({
        ...prices.found,
        type: Certificate,
        nullable: true,
        description:
          'The certificate as the last reading of the place has it. Null when it is gone. A query reads the place when it ' +
          'has no reading that may be served; in a subscription, the field is null with an error then.',
        resolve: (change, _args, operation) => findChanged(change, operation),
      }),
      actor: t.string({
        nullable: true,
        description:
          'Name of the caller who made the change with a mutation of this API. Null for changes made elsewhere and ' +
          'by callers without a key or token, and for callers without the scope `certificates:write`.',
        resolve: ({ actor }, _args, { caller }) => (caller.permissions.has('certificates:write') ? actor : null),
      }),
    }),
  })
  builder.queryField('certificateChanges', (t) =>
    t.connection(
      {
        ...prices.changes,
        type: CertificateChange,
        nullable: true,
        description:
          'What changed in the places that the caller may see, newest first. Reads nothing at a vendor, except the list of ' +
          'places that `placeIds` may need. A place that is neither configured nor discovered any more is left out.',
        args: {
          since: t.arg({ type: 'DateTime', description: 'Only changes at this time or later.' }),
          kinds: t.arg({ type: [CertificateChangeKind], description: 'Only changes of these kinds. Default: all.' }),
          placeIds: t.arg.idList({
            description:
              'Only changes in these places, by global id or by the vendor’s own id. An account whose certificates are in ' +
              'places below it stands for those. NOT_CONFIGURED for an id that names no place. Default: all places.',
          }),
        },
        resolve: (_root, args, operation) => listChanges(source, search, operation, args),
      },
      {
        name: 'CertificateChangeConnection',
        description: 'A page of changes.',
        fields: (f) => ({
          recordedSince: f.field({
            type: 'DateTime',
            nullable: true,
            description:
              'How far back the history goes in all of these places: the latest of the times at which they were recorded ' +
              'first. Changes before this time are not known, or not of every place. Null when one of them was never read ' +
              'completely: an empty list says nothing of it then. Without `placeIds`, a place counts with its account ' +
              'where the list of the account has its certificates.',
            resolve: ({ recordedSince }) => toDateTime(recordedSince),
          }),
        }),
      },
      { name: 'CertificateChangeEdge', description: 'A change in a list.' },
    ),
  )
  return { CertificateChange, CertificateChangeKind }
}

/**
 * The certificate in the list of its own place, where the caller may see that; else in the list that changed. A place without
 * a reading that may be served is read.
 * @throws UpstreamError when it is not read
 */
function findChanged(
  { place, certificateId }: PlacedChange,
  operation: Operation,
): FoundCertificate | Promise<FoundCertificate> {
  const find = (reading: ReturnType<typeof place.lastReading>): FoundCertificate => {
    const row = reading?.value.find(certificateId)
    if (!reading || !row) return null
    const home = row.place.id === place.id || !isVisible(operation, row.place) ? null : row.place.lastReading()
    const homeRow = home?.value.find(certificateId)
    return home && homeRow ? fromReading(homeRow, home) : fromReading(row, reading)
  }
  const last = place.lastReading()
  if (last) return find(last)
  return located(place, place.read(operation)).then(find)
}
