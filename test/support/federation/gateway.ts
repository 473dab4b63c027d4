import { fork } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** A gateway in a separate process, as in production and apart from the modules of the test. */
export interface Gateway {
  ask(query: string): Promise<unknown>
  close(): Promise<void>
}

/** The first message to a gateway: a supergraph, or subgraphs that the gateway reads and composes. */
export type GatewayOptions =
  | { readonly supergraph: string }
  | { readonly subgraphs: readonly { readonly name: string; readonly url: string }[] }

const tsx = import.meta.resolve('tsx')

/** @throws the gateway's standard error when it exits instead of loading the supergraph */
export async function startGateway(script: URL, options: GatewayOptions): Promise<Gateway> {
  const child = fork(fileURLToPath(script), { execArgv: ['--import', tsx], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  if (!child.stderr) throw new Error('a gateway without standard error')
  const ended = text(child.stderr).then((output) => {
    throw new Error(output)
  })
  ended.catch(() => {})
  const answer = async () => {
    const [message] = await Promise.race([once(child, 'message'), ended])
    return message
  }
  child.send(options)
  await answer()
  return {
    async ask(query) {
      child.send(query)
      return answer()
    },
    async close() {
      // Gateways catch SIGTERM and keep running.
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}
