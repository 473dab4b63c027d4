import { describe, expect, it } from '@jest/globals'
import { activationConnection } from '../../../src/providers/openai/activation.ts'
import { countActiveProjects } from '../../../src/providers/openai/active-places.ts'
import type { OpenAICertificate } from '../../../src/providers/openai/certificate.ts'
import { createOperation } from '../../support/operation.ts'
import { createShortSlices } from '../../support/short-slices.ts'

const list = { rows: [{ certificateId: 'cert_a', listedActive: true }], unreadableRows: 0 }
const projects = Array.from({ length: 200 }, (_, index) => ({
  __typename: 'OpenAIProject',
  provider: 'OPENAI',
  id: `proj_${index}`,
  vendorId: `proj_${index}`,
  name: null,
  read: async () => ({ value: list, error: null, stale: false }),
}))
const below = {
  list: async () => projects,
  find: async () => ({ items: projects, sources: [] }),
}
const certificate = { certificateId: 'cert_a', place: { vendorId: 'org', below } } as unknown as OpenAICertificate

describe('the lists of 200 projects', () => {
  it.each([
    [
      'a filter on the flag',
      async (operation: Parameters<typeof activationConnection>[0]) => {
        const { totalCount } = await activationConnection(operation, certificate, { active: true })
        return totalCount()
      },
    ],
    [
      'the number of active projects',
      (operation: Parameters<typeof activationConnection>[0]) => countActiveProjects(operation, certificate),
    ],
  ])('are looked at in slices for %s', async (_, run) => {
    const { timeSlice, count } = createShortSlices(async () => {
      await new Promise(setImmediate)
    })
    const deadline = 1_000
    // Every look finds the slice over: it is then over for a moment only.
    let looks = 0
    const alternating = { ...timeSlice, isOver: () => ++looks % 2 === 1 }
    expect(await run(createOperation({ timeSlice: alternating, deadline }))).toBe(200)
    expect(count()).toBeGreaterThan(50)
  })
})
