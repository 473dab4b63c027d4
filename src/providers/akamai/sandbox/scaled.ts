import { createCalendar, digitsOf, numbered } from '../../../sandbox/seed-values.ts'
import { createCopier } from './copy.ts'
import { createAccount, createAuthority, expiryOf, fingerprintOf, plainNetwork, serialOf } from './seed-parts.ts'
import type { Account, Deployment, Enrollment } from './state.ts'

export interface AkamaiScale {
  readonly accounts: number
  readonly contractsPerAccount: number
  readonly enrollmentsPerContract: number
}

/** Accounts of a given size. Each enrollment has one certificate on both networks. */
export async function createScaledAccounts(
  now: number,
  { accounts = 1, contractsPerAccount = 2, enrollmentsPerContract = 10 }: Partial<AkamaiScale>,
): Promise<Account[]> {
  const calendar = createCalendar(now)
  // All ids, and therefore all names, have the same length.
  const firstId = 10 ** Math.max(5, String(accounts * contractsPerAccount * enrollmentsPerContract).length)
  const nameOf = (id: number) => `host${id}.bluequay.example`
  const keyAlgorithm = 'ECDSA'
  const { name: issuer, trustChain } = await createAuthority(keyAlgorithm, calendar)
  const copy = await createCopier({ issuer, notBefore: calendar.startOf(-400), keyAlgorithm }, nameOf(firstId).length)

  const toEnrollment = (id: number, index: number): Enrollment => {
    const commonName = nameOf(id)
    const serialNumber = `5${digitsOf(`serial of ${commonName}`, 31)}`
    const notAfter = calendar.endOf((index % 400) - 20)
    const { sha256Fingerprint, pem } = copy({ commonName, serialNumber, notAfter })
    const deployment: Deployment = {
      primary: {
        expiry: expiryOf(notAfter),
        issuer,
        keyAlgorithm,
        signatureAlgorithm: 'SHA-256',
        serial: serialOf(serialNumber),
        sha256Fingerprint: fingerprintOf(sha256Fingerprint),
        pem,
        trustChain,
      },
      multiStacked: [],
      dnsNames: [commonName],
      network: plainNetwork,
    }
    return {
      id,
      certificateType: 'san',
      registrationAuthority: 'lets-encrypt',
      validationType: 'dv',
      autoRenewalStartTime: expiryOf(calendar.startOf((index % 400) - 50)),
      commonName,
      subjectAltNames: [commonName],
      multiStacked: false,
      slots: [],
      pendingChanges: [],
      network: plainNetwork,
      clientAuthentication: null,
      production: deployment,
      staging: deployment,
    }
  }

  return numbered(accounts).map((a) => {
    const contracts = numbered(contractsPerAccount).map((c) => ({
      id: `C-${a}S${c}`,
      parent: null,
      enrollments: numbered(enrollmentsPerContract).map((e) =>
        toEnrollment(firstId + (a * contractsPerAccount + c) * enrollmentsPerContract + e, e),
      ),
    }))
    return createAccount(`scaled${a}`, `Account ${a}`, contracts)
  })
}
