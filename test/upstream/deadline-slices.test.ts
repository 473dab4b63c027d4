import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createManualClock } from '../support/manual-clock.ts'
import { type Program, startProgram } from '../support/program.ts'
import { startSandboxes } from '../support/sandboxes.ts'
import { until } from '../support/until.ts'
import { type ListAnswer, listFields } from '../support/vendor-outage.ts'

let sandboxes: Awaited<ReturnType<typeof startSandboxes>>
let program: Program
/** Milliseconds that pass whenever the program looks at the clock. */
let perLook: number

const manual = createManualClock()

beforeEach(async () => {
  perLook = 0
  let looks = 0
  const elapsed = () => {
    looks += perLook
    return manual.elapsed() + looks
  }
  sandboxes = await startSandboxes({
    now: manual.now,
    limits: false,
    scale: {
      openai: { organizations: 20, certificatesPerOrganization: 3, projectsPerOrganization: 0 },
      akamai: { contractsPerAccount: 1, enrollmentsPerContract: 3 },
      liveperson: { accounts: 2, certificatesPerAccount: 3 },
    },
  })
  const file = { ...sandboxes.file, upstream: { deadline: '5s' } }
  program = await startProgram({
    clock: { ...manual, elapsed },
    limits: false,
    file,
    emulators: sandboxes.emulators,
  })
})
afterEach(async () => {
  await program.close()
  await sandboxes.close()
})

describe('a place that hangs until the deadline of an operation', () => {
  it('costs the other places nothing, also when their certificates take more than one slice of time to merge', async () => {
    const { emulator } = sandboxes.sandboxes.liveperson
    emulator.fault({ match: ({ path }) => path === '/mtls/account/le7000000/certificates', effect: 'hang' })
    const asked = program.ask<{ certificates: ListAnswer }>(`{ certificates(first: 100) { ${listFields} } }`)
    await until(() => program.callsTo('/mtls/').length === 2)
    await until(() => manual.pendingSleeps === 3)
    // Every slice is over when the program looks at the clock for the second time.
    perLook = 10
    manual.advance(5_000)
    const { data, errors } = await asked
    expect(errors).toBeUndefined()
    expect(data.certificates).toMatchObject({ totalCount: 66, complete: false })
  })
})
