import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import { startStack } from '../support/stack.ts'

const [, section = ''] = readFileSync('README.md', 'utf8').split('## In a supergraph\n')

function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(section) ?? []
  if (!text) throw new Error(`README.md has no block of ${language} on supergraphs`)
  return text
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return String(port)
}

it('the README shows a supergraph that gives the answer it shows', async () => {
  const stack = await startStack({ limits: false })
  const [teams, gateway] = [await freePort(), await freePort()]
  const script = block('js')
    .replaceAll('http://127.0.0.1:4000/graphql', stack.url)
    .replaceAll('4001', teams)
    .replaceAll('4002', gateway)
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' })
  try {
    const ask = () =>
      fetch(`http://127.0.0.1:${gateway}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: block('graphql') }),
      })
    let answer: Response | undefined
    while (!answer && child.exitCode === null) answer = await ask().catch(() => sleep(100, undefined))
    expect(await answer?.json()).toEqual(JSON.parse(block('json')))
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
    await stack.close()
  }
})
