import { startProcess } from '../serve.ts'
import type { RunCommand } from './command.ts'
import { withOptions } from './config-options.ts'

/** Starts the server. Returns when the process is about to end. */
export const serve: RunCommand = async (given, { env, cwd }) => startProcess({ env: withOptions(env, given), cwd })
