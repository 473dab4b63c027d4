import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { whileTimePasses } from '../passing-time.ts'
import { sourceFields } from '../vendor-outage.ts'
import { type Deployment, startDeployment } from './deployment.ts'
import type { ProviderFacts } from './facts.ts'

/** No secret is in an answer or in the log, also when the vendor repeats what it was sent. */
export function describeSecrets<Config>(facts: ProviderFacts<Config>): void {
  describe('when the vendor quotes the credentials that it was sent', () => {
    let deployment: Deployment
    beforeAll(async () => {
      deployment = await startDeployment(facts)
    })
    afterEach(() => {
      deployment.emulator.reset()
      deployment.clock.advance(90_000)
    })
    afterAll(() => deployment.close())

    const query = `{
      certificates(first: 100, filter: { providers: [${facts.provider}] }) {
        nodes { __typename id name subject } complete sources { ${sourceFields} }
      }
      certificatePlaces(first: 100, providers: [${facts.provider}]) { nodes { id source { ${sourceFields} } } }
    }`

    it.each([200, 302, 400, 401, 403, 404, 409, 429, 500, 503])(
      'keeps them out of the answer and the log with status %i',
      async (status) => {
        const sent = new Set<string>()
        let quoted = ''
        deployment.emulator.fault({
          match(call) {
            if (!deployment.isList(call, null)) return false
            quoted = call.headers.authorization ?? ''
            sent.add(quoted.slice(quoted.indexOf(' ') + 1))
            return true
          },
          get effect() {
            const message = `You sent ${quoted}`
            const body = { error: { message }, title: message, detail: message, message }
            return { status, headers: { 'x-request-id': quoted }, body }
          },
        })
        const answer = await whileTimePasses(
          deployment.clock,
          deployment.ask(query),
          status === 429 ? 25_000 : undefined,
        )
        const output = JSON.stringify([answer, deployment.log])
        expect(output).toContain('UPSTREAM_')
        if (status !== 200) expect(output).toContain('You sent')
        expect(sent.size).toBeGreaterThan(0)
        for (const secret of [...sent, ...deployment.config.secrets]) expect(output).not.toContain(secret)
      },
    )
  })
}
