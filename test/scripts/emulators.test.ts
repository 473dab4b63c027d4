import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { execPath } from 'node:process'
import { afterEach, describe, expect, it } from '@jest/globals'
import { runCommand } from '../support/command-line.ts'
import { createFolder } from '../support/folder.ts'

const child = spawn(execPath, ['--import', 'tsx', 'scripts/emulators.ts'], { stdio: ['ignore', 'pipe', 'inherit'] })
afterEach(() => void child.kill('SIGKILL'))

describe('the emulators for a configuration of your own', () => {
  it('run, and print a configuration with which certgraph reaches every vendor', async () => {
    let text = ''
    while (!text.endsWith('\n}\n')) text += String((await once(child.stdout, 'data'))[0])
    const cwd = createFolder({ 'certgraph.config.json': text })
    const { code, stdout, stderr } = await runCommand(['config', 'check', '--connect'], { cwd })
    expect([code, stderr]).toEqual([0, ''])
    for (const vendor of ['openai', 'akamai', 'liveperson']) expect(stdout.toLowerCase()).toContain(vendor)
  })
})
