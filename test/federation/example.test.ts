import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from '@jest/globals'
import { freePort } from '../../scripts/free-port.ts'
import { blockOf, blocksOf, pageAt } from '../support/documentation.ts'
import { startStack } from '../support/stack.ts'

const page = 'docs/federation.md'
/** The only block that is a query, beside definitions of types. */
const [query, ...otherQueries] = blocksOf(pageAt(page)).filter(
  ({ language, text }) => language === 'graphql' && text.startsWith('{'),
)

it('the example of a supergraph gives the response that its page shows', async () => {
  expect(otherQueries).toEqual([])
  const stack = await startStack({ limits: false })
  const [teams, gateway] = [String(await freePort()), String(await freePort())]
  const script = blockOf(page, 'js')
    .replaceAll('http://127.0.0.1:4000/graphql', stack.url)
    .replaceAll('4001', teams)
    .replaceAll('4002', gateway)
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' })
  try {
    const ask = () =>
      fetch(`http://127.0.0.1:${gateway}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: query?.text }),
      })
    let answer: Response | undefined
    while (!answer && child.exitCode === null) answer = await ask().catch(() => sleep(100, undefined))
    expect(await answer?.json()).toEqual(JSON.parse(blockOf(page, 'json')))
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
    await stack.close()
  }
})
