import { createSavedQueries } from '../../src/server/saved-queries.ts'
import { createVendors } from '../../src/vendors.ts'
import { idleUpstream } from './idle-upstream.ts'

/** The queries that GraphiQL opens with, those of all vendors included. */
export const savedQueries: readonly string[] = createSavedQueries(
  createVendors({}, () => idleUpstream).flatMap(({ queries }) => queries ?? []),
)
