import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import type { GraphQLSchema } from 'graphql'
import { pino } from 'pino'
import { defaultLimits } from '../src/limits.ts'
import type { ProviderList } from '../src/providers/provider.ts'
import { createSchema } from '../src/schema/schema.ts'
import { systemClock } from '../src/upstream/clock.ts'
import { PendingWork } from '../src/upstream/concurrency.ts'
import { createSoleReplica } from '../src/upstream/replicas.ts'
import { createTransport } from '../src/upstream/transport.ts'
import { createVendors } from '../src/vendors.ts'

/** The schema without any configured place. The types do not depend on the configuration. */
export function createBareSchema(list?: ProviderList): GraphQLSchema {
  const log = pino({ level: 'silent' })
  const vendors = createVendors(
    {},
    {
      clock: systemClock,
      transport: createTransport(defaultLimits.vendorBody),
      log,
      redact: (text) => text,
      writes: false,
      pendingWork: new PendingWork(),
      replicas: createSoleReplica(systemClock),
    },
    list,
  )
  return createSchema(vendors, { critical: 0, warning: 0 })
}

/** Writes a generated file. With --check, compares it instead and exits with 1 if it is out of date. */
export function writeOrCheck(file: string, printed: string, command: string): void {
  const url = new URL(`../${file}`, import.meta.url)
  if (!process.argv.includes('--check')) {
    writeFileSync(url, printed)
  } else if (readFileSync(url, 'utf8') !== printed) {
    process.stderr.write(`${file} is out of date: run \`npm run ${command}\` and commit it\n`)
    process.exit(1)
  }
}
