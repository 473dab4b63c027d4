import { createCalendar } from '../../../sandbox/calendar.ts'
import { digitsOf } from '../../../sandbox/digest.ts'
import { numbered } from '../../../sandbox/numbered.ts'
import { createAccount } from './account.ts'
import { plainNetwork } from './network.ts'
import { expiryOf, fingerprintOf, serialOf } from './spelling.ts'
import type { Account, Deployment, Enrollment } from './state.ts'

export interface AkamaiScale {
  readonly accounts: number
  readonly contractsPerAccount: number
  readonly enrollmentsPerContract: number
}

/** Accounts by the number; each enrollment has one certificate, made up and deployed to both networks. */
export function createScaledAccounts(
  now: number,
  { accounts = 1, contractsPerAccount = 2, enrollmentsPerContract = 10 }: Partial<AkamaiScale>,
): Account[] {
  const calendar = createCalendar(now)

  const toEnrollment = (id: number, index: number): Enrollment => {
    const commonName = `host${id}.bluequay.example`
    const deployment: Deployment = {
      primary: {
        expiry: expiryOf(calendar.endOf((index % 400) - 20)),
        issuer: 'CN=Lanternfield TLS CA 2,O=Lanternfield Trust,C=SE',
        keyAlgorithm: 'ECDSA',
        signatureAlgorithm: 'SHA-256',
        serial: serialOf(digitsOf(`serial of ${commonName}`, 32)),
        sha256Fingerprint: fingerprintOf(digitsOf(commonName, 64)),
      },
      multiStacked: [],
      dnsNames: [commonName],
      network: plainNetwork,
    }
    return {
      id,
      certificateType: 'san',
      commonName,
      subjectAltNames: [commonName],
      multiStacked: false,
      slots: [],
      pendingChanges: [],
      production: deployment,
      staging: deployment,
    }
  }

  return numbered(accounts).map((a) => {
    const contracts = numbered(contractsPerAccount).map((c) => ({
      id: `C-${a}S${c}`,
      parent: null,
      enrollments: numbered(enrollmentsPerContract).map((e) =>
        toEnrollment(100_000 + (a * contractsPerAccount + c) * enrollmentsPerContract + e, e),
      ),
    }))
    return createAccount(`scaled${a}`, `Account ${a}`, contracts)
  })
}
