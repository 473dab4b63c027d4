import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import process from 'node:process'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { type States, startedAt, withoutSecrets } from '../support/sandbox-states.ts'

const DAY = 86_400_000
const MORNING = Date.parse('2030-03-10T00:00:00Z')
const NIGHT = Date.parse('2030-03-10T23:59:58Z')

/** Whether a certificate is signed by the first of the chain, and each of the chain by the next one, in OpenSSL's view. */
function verify(pem: string, trustChain: string): boolean {
  const chain = trustChain.split(/(?<=-----END CERTIFICATE-----\n?)/).filter((each) => each.includes('BEGIN'))
  const certificates = [pem, ...chain].map((each) => new X509Certificate(each))
  return certificates.every((each, index) => {
    const issuer = certificates[index + 1] ?? each
    return each.checkIssued(issuer) && each.verify(issuer.publicKey)
  })
}

/** The expiry of each certificate, by a unique key. */
function expiries({ openai, akamai, liveperson }: States): Map<string, number | null> {
  const rows: [string, number | null][] = []
  for (const { certificates } of openai.organizations) {
    for (const { id, expiresAt } of certificates) rows.push([id, expiresAt === null ? null : expiresAt * 1000])
  }
  for (const { contracts } of akamai.accounts) {
    for (const { production, staging } of contracts.flatMap(({ enrollments }) => enrollments)) {
      for (const deployment of [production, staging]) {
        if (deployment) rows.push([deployment.primary.serial ?? '', Date.parse(deployment.primary.expiry)])
      }
    }
  }
  for (const { certificates } of liveperson.accounts) {
    for (const { id, expirationDate } of certificates) {
      const text = expirationDate?.replace(/^(\S+) (\S+)$/, '$1T$2Z')
      rows.push([id, text === undefined ? null : /^\d+$/.test(text) ? Number(text) : Date.parse(text)])
    }
  }
  return new Map(rows)
}

function countByTimeLeft(states: States, now: number) {
  const counts = { longExpired: 0, expiredYesterday: 0, fortnight: 0, month: 0, fine: 0, unknown: 0 }
  for (const expiry of expiries(states).values()) {
    if (expiry === null) counts.unknown += 1
    else if (expiry < MORNING - DAY) counts.longExpired += 1
    else if (expiry <= now) counts.expiredYesterday += 1
    else if (expiry <= now + 14 * DAY) counts.fortnight += 1
    else if (expiry <= now + 30 * DAY) counts.month += 1
    else counts.fine += 1
  }
  return counts
}

describe('the default data of the sandbox', () => {
  it('are the same for every start on one day, except for secrets', async () => {
    const morning = await startedAt(MORNING)
    const night = await startedAt(NIGHT)
    expect(withoutSecrets(night)).toEqual(withoutSecrets(morning))
    expect(night.openai.organizations[0]?.adminKey).not.toBe(morning.openai.organizations[0]?.adminKey)
  })

  it('are the same in another process, with the same ids, keys and signatures', async () => {
    const script = `
      const { startedAt, withoutSecrets } = await import('./test/support/sandbox-states.ts')
      console.log(JSON.stringify(withoutSecrets(await startedAt(${MORNING}))))
    `
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { maxBuffer: 16_000_000 },
    )
    const states = await startedAt(MORNING)
    expect(JSON.parse(stdout)).toEqual(withoutSecrets(states))
    expect(stdout).toContain('sha256Fingerprint')
    expect(states.akamai.accounts.flatMap(({ contracts }) => contracts)).toHaveLength(2)
  })

  it('have certificates that OpenSSL verifies up to their root', async () => {
    const { akamai } = await startedAt(MORNING)
    const enrollments = akamai.accounts.flatMap(({ contracts }) => contracts.flatMap((each) => each.enrollments))
    const primaries = enrollments.flatMap(({ production }) => production?.primary ?? [])
    const verified = primaries
      .filter(({ trustChain }) => trustChain !== null)
      .map(({ pem, trustChain }) => verify(pem(), trustChain ?? ''))
    expect(new Set(verified)).toEqual(new Set([true]))
    expect(verified.length).toBeGreaterThan(10)
  })

  it('shift by one day per day', async () => {
    const today = expiries(await startedAt(MORNING))
    const tomorrow = expiries(await startedAt(MORNING + DAY))
    expect([...tomorrow]).toEqual([...today].map(([name, expiry]) => [name, expiry === null ? null : expiry + DAY]))
  })

  it('have expired, expiring, valid and undated certificates all day', async () => {
    const states = await startedAt(MORNING)
    const counts = { longExpired: 3, expiredYesterday: 2, fortnight: 6, month: 4, fine: 20, unknown: 15 }
    expect(countByTimeLeft(states, MORNING)).toEqual(counts)
    expect(countByTimeLeft(states, NIGHT)).toEqual(counts)
  })
})
