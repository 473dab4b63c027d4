import { describe, expect, it } from '@jest/globals'
import { startAkamaiSandbox } from '../../src/providers/akamai/sandbox.ts'
import { startLivePersonSandbox } from '../../src/providers/liveperson/sandbox.ts'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'

const DAY = 86_400_000
const MORNING = Date.parse('2030-03-10T00:00:00Z')
const NIGHT = Date.parse('2030-03-10T23:59:58Z')

const secrets = new Set(['adminKey', 'clientToken', 'clientSecret', 'accessToken', 'tokens'])

/** The states of the vendors when they are started at that moment. */
async function startedAt(moment: number) {
  const options = { now: () => moment }
  const [openai, akamai, liveperson] = await Promise.all([
    startOpenAISandbox(options),
    startAkamaiSandbox(options),
    startLivePersonSandbox(options),
  ])
  await Promise.all([openai.close(), akamai.close(), liveperson.close()])
  return { openai: openai.state, akamai: akamai.state, liveperson: liveperson.state }
}

type States = Awaited<ReturnType<typeof startedAt>>

const withoutSecrets = (states: States): unknown =>
  JSON.parse(JSON.stringify(states, (key, value: unknown) => (secrets.has(key) ? undefined : value)))

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
