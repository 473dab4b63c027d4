import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** A gateway in a process of its own, as it runs in production, and not among the modules of a test. */
export interface Gateway {
  ask(query: string): Promise<unknown>
  close(): void
}

/** What a gateway is told at its start. */
export interface GatewayOrder {
  readonly supergraph: string
}

const tsx = import.meta.resolve('tsx')

/** @throws what the gateway said on standard error when it ends instead of taking the supergraph */
export async function startGateway(script: URL, supergraph: string): Promise<Gateway> {
  const child = fork(fileURLToPath(script), { execArgv: ['--import', tsx], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  if (!child.stderr) throw new Error('a gateway without standard error')
  const ended = text(child.stderr).then((complaint) => {
    throw new Error(complaint)
  })
  ended.catch(() => {})
  const answer = async () => {
    const [message] = await Promise.race([once(child, 'message'), ended])
    return message
  }
  const order: GatewayOrder = { supergraph }
  child.send(order)
  await answer()
  return {
    async ask(query) {
      child.send(query)
      return answer()
    },
    close: () => void child.kill(),
  }
}
