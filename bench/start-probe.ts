import { register } from 'node:module'
import process from 'node:process'

// Imported before a program that is measured. Reports the CPU time in ms at the first line on standard output, which
// certgraph prints when it listens.

const { BENCH_IMPORTS: file, BENCH_PROGRAM: own } = process.env
if (file && own) register('./import-hooks.js', { parentURL: import.meta.url, data: { own, file } })

const { stdout } = process
const write = stdout.write
stdout.write = (text: string | Uint8Array) => {
  stdout.write = write
  const { user, system } = process.cpuUsage()
  process.send?.((user + system) / 1000)
  return stdout.write(text)
}
