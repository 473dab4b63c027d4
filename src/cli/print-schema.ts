import { createBareSchema } from '../bare-schema.ts'
import { loadFederation } from '../config/federation.ts'
import { printSorted, printSubgraph } from '../schema/print.ts'
import type { RunCommand } from './command.ts'
import { withOptions } from './config-options.ts'

/** Prints the schema without the types of federation. */
export const printClientSchema: RunCommand = async (_given, { stdout }) => {
  stdout.write(printSorted(createBareSchema()))
  return 0
}

/** Prints the schema for a registry. Needs no secret of the configuration. */
export const printSubgraphSchema: RunCommand = async (given, { env, cwd, stdout }) => {
  stdout.write(printSubgraph(createBareSchema(), loadFederation({ env: withOptions(env, given), cwd })))
  return 0
}
