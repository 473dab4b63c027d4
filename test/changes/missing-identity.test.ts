import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { changesOf, readAgain } from '../support/change-history.ts'
import type { Program } from '../support/program.ts'
import { type RestartingStack, startRestartingStack } from '../support/restarting-stack.ts'
import { firstOf } from '../support/rewriting.ts'

const scale = { akamai: { accounts: 1, contractsPerAccount: 1, enrollmentsPerContract: 3 } }

let stack: RestartingStack
let program: Program & Pick<RestartingStack, 'clock'>
const contract = () => firstOf(firstOf(stack.akamai.state.accounts).contracts)

const start = async () => {
  program = Object.assign(await stack.start(), { clock: stack.clock })
}
beforeEach(async () => {
  stack = await startRestartingStack({ scale, configure: ({ akamai }) => ({ akamai }) })
  await start()
})
afterEach(() => stack.close())

/** What the list has of every certificate is changed in every place that holds one. Returns the change back. */
function alter(values: object, which: (index: number) => boolean = () => true): () => void {
  const { enrollments } = contract()
  const before = [...enrollments]
  for (const [index, enrollment] of enrollments.entries()) {
    if (!which(index)) continue
    const { production, staging } = enrollment
    enrollments[index] = {
      ...enrollment,
      production: production && { ...production, primary: { ...production.primary, ...values } },
      staging: staging && { ...staging, primary: { ...staging.primary, ...values } },
    }
  }
  return () => void enrollments.splice(0, enrollments.length, ...before)
}

/** A second certificate with another key type, and with the same serial number and dates as the first. */
function addSecondKeyType() {
  const [enrollment] = contract().enrollments
  if (!enrollment?.production) throw new Error('nothing is deployed')
  const { primary } = enrollment.production
  const sha256Fingerprint = Array.from({ length: 32 }, () => 'CD').join(':')
  const second = { ...primary, keyAlgorithm: 'RSA', sha256Fingerprint } as typeof primary
  const production = { ...enrollment.production, multiStacked: [second] }
  contract().enrollments[0] = { ...enrollment, production, staging: null }
}

describe.each([
  ['the fingerprint', { sha256Fingerprint: null }],
  ['the serial number', { serial: null }],
  ['the key type', { keyAlgorithm: null }],
  ['the fingerprint and the key type', { sha256Fingerprint: null, keyAlgorithm: null }],
  ['the fingerprint and the serial number', { sha256Fingerprint: null, serial: null }],
  ['all that identifies a certificate', { sha256Fingerprint: null, serial: null, keyAlgorithm: null }],
])('a list of Akamai without %s', (_what, missing) => {
  it.each(['while the program runs', 'over restarts'])('is no change, and neither is the next one: %s', async (how) => {
    const read = async () => {
      if (how === 'over restarts') await start()
      await readAgain(program)
    }
    await read()
    const restore = alter(missing)
    await read()
    restore()
    await read()
    expect(await changesOf(program)).toEqual([])
  })

  it('has a renewal, as the next one', async () => {
    await readAgain(program)
    const restore = alter(missing)
    await readAgain(program)
    restore()
    const { commonName } = firstOf(contract().enrollments)
    const values = {
      sha256Fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
      serial: 'ab:cd',
      expiry: '2032-02-02T00:00:00Z',
    }
    alter(values, (index) => index === 0)
    await readAgain(program)
    const { id } = contract()
    const expected = [`VANISHED ${commonName} in ${id}`, `RENEWED ${commonName} in ${id}`]
    expect(await changesOf(program)).toEqual(expected)
    alter(missing)
    await readAgain(program)
    expect(await changesOf(program)).toEqual(expected)
  })
})

describe('a list of Akamai without fingerprints', () => {
  it('has both certificates of an enrollment with two key types', async () => {
    addSecondKeyType()
    await readAgain(program)
    const restore = alter({})
    const [enrollment] = contract().enrollments
    if (!enrollment?.production) throw new Error('nothing is deployed')
    const { production } = enrollment
    const without = <Deployed extends object>(deployed: Deployed) =>
      ({ ...deployed, sha256Fingerprint: null }) as unknown as Deployed
    const altered = {
      ...production,
      primary: without(production.primary),
      multiStacked: production.multiStacked.map(without),
    }
    contract().enrollments[0] = { ...enrollment, production: altered }
    await readAgain(program)
    restore()
    await readAgain(program)
    expect(await changesOf(program)).toEqual([])
  })
})

describe('a key type in lower case', () => {
  it('is the same key type: no change without a fingerprint, and a renewal with another certificate', async () => {
    alter({ sha256Fingerprint: null })
    await readAgain(program)
    alter({ keyAlgorithm: 'ecdsa' })
    await readAgain(program)
    expect(await changesOf(program)).toEqual([])
    alter({ serial: 'ab:cd', expiry: '2032-02-02T00:00:00Z' }, (index) => index === 0)
    await readAgain(program)
    expect((await changesOf(program)).map((change) => change.split(' ')[0])).toEqual(['VANISHED', 'RENEWED'])
  })
})
