import { spawn } from 'node:child_process'
import { env, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { stop } from './running-prometheus.ts'

export interface RunningSandbox {
  /** `127.0.0.1:port`. */
  readonly address: string
  close(): Promise<void>
}

/** Everything that has metrics is read once. */
const query = `{
  certificates(first: 1) { totalCount }
  uncovered: certificates(first: 1, filter: { expiringUncovered: "P3650D" }) { totalCount }
}`

/** Starts the sandbox as a process, and reads all certificates in it. */
export async function startSandbox(): Promise<RunningSandbox> {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const child = spawn(execPath, ['--import', 'tsx', main], {
    env: { PATH: env['PATH'], CERTGRAPH_MODE: 'sandbox', PORT: '0', LOG_LEVEL: 'error' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  let url: string | undefined
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk
    url = /http:\S+(?=\/graphql)/.exec(printed)?.[0]
    if (url) break
  }
  if (!url) throw new Error('the sandbox ended before it printed its address')
  const close = () => stop(child)
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    const { errors } = Object(await response.json())
    if (errors) throw new Error(`the sandbox answered with errors: ${JSON.stringify(errors)}`)
    return { address: new URL(url).host, close }
  } catch (error) {
    await close()
    throw error
  }
}
