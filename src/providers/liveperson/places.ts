import { fromReading, type ReadCertificate } from '../../catalog/certificate.ts'
import type { Operation } from '../../operation.ts'
import { RefreshSchedule } from '../../upstream/cache/refresh-schedule.ts'
import { createRateLimiter } from '../../upstream/call/resilience-pipeline.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { createLoader } from '../../upstream/loader.ts'
import type { ListedPlace } from '../kit-place.ts'
import { definePlaceKind } from '../place-kind.ts'
import { located } from '../place-loader.ts'
import { runForPlace } from '../planned-calls.ts'
import { createPlaces } from '../vendor-places.ts'
import { type LivePersonCertificate, toLivePersonCertificate } from './certificate.ts'
import { createLivePersonClient, type LivePersonClient } from './client.ts'
import { type LivePersonConfig, secretOf } from './config.ts'
import { createDomainLookup } from './domain.ts'
import type { LivePersonResource } from './limits.ts'
import { certificateShape } from './wire.ts'

export type LivePersonAccount = ListedPlace<LivePersonCertificate, LivePersonClient>
export type LivePersonPlaces = ReturnType<typeof createLivePersonPlaces>

interface CertificateKey {
  readonly account: LivePersonAccount
  readonly certificateId: string
}

export function createLivePersonPlaces({ domainApiUrl, accounts }: LivePersonConfig, upstream: UpstreamDependencies) {
  // The limit applies to the address of the caller. Replicas with the same accounts share its pauses.
  const secret = JSON.stringify(accounts.map(({ auth }) => secretOf(auth)).sort())
  const rateLimiter = createRateLimiter<LivePersonResource>(upstream, { parts: ['LIVEPERSON', domainApiUrl], secret })
  const shared = upstream.kept.get(['shared', domainApiUrl, upstream.replicas.state === null ? null : secret], () => ({
    domainApiUrl,
    lookup: createDomainLookup(domainApiUrl, rateLimiter, upstream),
    rateLimiter,
    schedule: new RefreshSchedule(upstream, rateLimiter, 'certificates'),
    upstream,
  }))
  const kind = upstream.kept.get(['kind'], () =>
    definePlaceKind(upstream, {
      provider: 'LIVEPERSON',
      typename: 'LivePersonAccount',
      key: 'accountId',
      noun: 'LivePerson account',
      resource: 'certificates',
      list: ({ client }: LivePersonAccount, context) => client.listCertificates(context),
      shape: certificateShape,
      toCertificate: toLivePersonCertificate,
      replacementKey: ({ name }) => name,
      hasSameId: (certificate, other) => certificate.certificateId === other.certificateId,
    }),
  )

  const loadCertificate = createLoader<CertificateKey, ReadCertificate<LivePersonCertificate> | null>(
    ({ account, certificateId }, operation) =>
      runForPlace(account, 'certificates', operation, async (context) => {
        let asOf = operation.now
        const onResponse = (madeAt: number) => {
          asOf = madeAt
        }
        const row = await account.client.getCertificate(certificateId, { ...context, onResponse })
        return row && fromReading(toLivePersonCertificate(row, account), { asOf, stale: false })
      }),
    ({ account, certificateId }) => `${account.id} ${certificateId}`,
  )

  return {
    ...createPlaces(upstream, {
      kind,
      certificate: 'LivePersonCertificate',
      accounts: accounts.map((config) => {
        const { name, ...account } = config
        return {
          vendorId: config.id,
          name,
          settings: { ...account, domainApiUrl },
          createClient: () => createLivePersonClient(config, shared),
        }
      }),
    }),
    /** One certificate by the vendor's id, in a call of its own; null when there is none. It is not cached. */
    certificate: (operation: Operation, account: LivePersonAccount, certificateId: string) =>
      located(account, loadCertificate(operation, { account, certificateId })),
  }
}
