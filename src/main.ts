#!/usr/bin/env node
import process from 'node:process'
import { runCommandLine } from './cli/run.ts'
import { createStandardOutput } from './cli/standard-output.ts'
import { systemClock } from './upstream/clock.ts'

const { argv, stdout, stderr } = process
const env = { ...process.env }
// For packages alone: otherwise graphql-js looks for a second copy of itself at each check of a type. It is imported later.
process.env['NODE_ENV'] ??= 'production'
// A reader such as `head` may close the pipe, and the log must not end the server. Lost results are found when they are written.
for (const stream of [stdout, stderr]) stream.on('error', () => {})
// The timers of calls that wait, such as for a rate limit, do not keep the process running.
setInterval(() => {}, 60_000)
const environment = { env, cwd: process.cwd(), clock: systemClock, stdout: createStandardOutput(stdout), stderr }
const code = await runCommandLine(argv.slice(2), environment)
// What is still open, such as idle connections, must not delay the end.
stdout.write('', () => process.exit(code))
