import process from 'node:process'
import { startSandbox } from '../src/sandbox.ts'

/**
 * Starts the emulators of all vendors, and prints a configuration file for them. A certgraph with it runs as in production:
 * with a state on disk, and with Redis and webhooks when they are added to the file. They run until the process ends.
 */
const { file } = await startSandbox({ now: Date.now })
process.stdout.write(`${JSON.stringify({ ...file, writes: 'enabled' }, null, 2)}\n`)
