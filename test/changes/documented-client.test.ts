import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { readAgain } from '../support/change-history.ts'
import { addCertificate } from '../support/changing-places.ts'
import { blockOf } from '../support/documentation.ts'
import { createFolder } from '../support/folder.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

interface Client {
  followChanges(
    onChange: (change: { readonly name: string }) => void,
    signal: AbortSignal,
    after?: string,
  ): Promise<void>
}

let stack: Stack
afterEach(() => stack.close())

/** The example of docs/queries.md, as a client of this server. */
const clientText = () => blockOf('docs/queries.md', 'js').replace('http://127.0.0.1:4000/graphql', stack.url)

/** The same, with less time between two attempts. */
async function loadClient(): Promise<Client> {
  const text = clientText()
  const quick = text.replaceAll('1000', '10')
  if (quick === text) throw new Error('the example has no pause')
  return import(`data:text/javascript,${encodeURIComponent(quick)}`)
}

describe('the client in the documentation', () => {
  it('follows the changes, and misses none while it has no connection', async () => {
    stack = await startStack({ limits: false })
    await readAgain(stack)
    const { followChanges } = await loadClient()
    const names: string[] = []
    const stop = new AbortController()
    const connections: AbortController[] = []
    // The example reports each connection that is lost.
    const errors = jest.spyOn(console, 'error').mockImplementation(() => {})
    const { fetch: original } = globalThis
    // Lets the test end a connection, as a proxy does.
    globalThis.fetch = (input, init) => {
      if (!String(init?.body).includes('Changes')) return original(input, init)
      const connection = new AbortController()
      connections.push(connection)
      return original(input, { ...init, signal: AbortSignal.any([connection.signal, stop.signal]) })
    }
    try {
      const following = followChanges(({ name }) => names.push(name), stop.signal)
      const ended = () => stack.log.filter(({ msg }) => msg === 'subscription ended').length
      const began = () => stack.log.filter(({ msg }) => msg === 'subscription began').length
      await until(() => began() === 1)
      addCertificate(stack, 'one', null)
      await readAgain(stack)
      await until(() => names.length === 1)
      connections[0]?.abort()
      await until(() => ended() === 1)
      addCertificate(stack, 'two', null)
      await readAgain(stack)
      addCertificate(stack, 'three', null)
      await readAgain(stack)
      await until(() => names.length === 3)
      expect(names).toEqual(['one', 'two', 'three'])
      expect(connections.length).toBeGreaterThan(1)
      stop.abort()
      await following
      // The connection that the test has ended.
      expect(errors.mock.calls.map(([error]) => Object(error).name)).toEqual(['AbortError'])
    } finally {
      errors.mockRestore()
      globalThis.fetch = original
    }
  })

  it('runs in Node.js as the page says, and ends without an error', async () => {
    stack = await startStack({ limits: false })
    await readAgain(stack)
    const folder = createFolder({
      'follow-changes.mjs': clientText(),
      'program.mjs': blockOf('docs/queries.md', 'mjs'),
    })
    const child = spawn(process.execPath, [join(folder, 'program.mjs')])
    const exited = once(child, 'exit')
    let [output, errors] = ['', '']
    child.stdout.on('data', (data) => (output += data))
    child.stderr.on('data', (data) => (errors += data))
    try {
      await until(() => stack.log.some(({ msg }) => msg === 'subscription began'))
      addCertificate(stack, 'one', null)
      await readAgain(stack)
      await until(() => output.includes("name: 'one'"))
    } finally {
      child.kill('SIGINT')
    }
    expect([await exited, errors]).toEqual([[0, null], ''])
  })
})
