import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { pino } from 'pino'
import { printSorted } from '../src/schema/print.ts'
import { createSchema } from '../src/schema/schema.ts'
import { systemClock } from '../src/upstream/clock.ts'
import { createSoleReplica } from '../src/upstream/replicas.ts'
import { createTransport } from '../src/upstream/transport.ts'
import { createVendors } from '../src/vendors.ts'

// Writes schema.graphql; with --check, tells whether it is what the code says.
const file = new URL('../schema.graphql', import.meta.url)
const log = pino({ level: 'silent' })
const vendors = createVendors(
  {},
  {
    clock: systemClock,
    transport: createTransport(),
    log,
    redact: (text) => text,
    writes: false,
    replicas: createSoleReplica(systemClock),
  },
)
const printed = printSorted(createSchema(vendors, { critical: 0, warning: 0 }))

if (!process.argv.includes('--check')) {
  writeFileSync(file, printed)
} else if (readFileSync(file, 'utf8') !== printed) {
  process.stderr.write('schema.graphql is not what the code says: run `npm run schema` and commit it\n')
  process.exit(1)
}
