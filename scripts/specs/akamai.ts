import { randomUUID } from 'node:crypto'
import { authorizationOf } from '../../src/providers/akamai/sandbox/edgegrid.ts'
import { startAkamaiSandbox } from '../../src/providers/akamai/sandbox.ts'
import type { Check } from './check.ts'

export async function checkAkamai(check: Check): Promise<void> {
  const contractList = '/contract-api/v1/contracts/identifiers'
  for (const scale of [undefined, { contractsPerAccount: 1, enrollmentsPerContract: 50 }]) {
    const { config, emulator, state, close } = await startAkamaiSandbox({ now: Date.now, ...(scale && { scale }) })
    const [account] = config.accounts
    if (!account) throw new Error('no account')
    const get = (target: string, clientSecret = account.credentials.clientSecret) => {
      const timestamp = `${new Date().toISOString().slice(0, 19).replaceAll('-', '')}+0000`
      const request = { method: 'GET', target, headers: { host: new URL(emulator.url).host }, body: '' }
      const signer = { ...account.credentials, clientSecret }
      const authorization = authorizationOf(request, signer, timestamp, randomUUID(), { scheme: 'http' })
      const accept = 'application/vnd.akamai.cps.active-certificates.v2+json'
      return fetch(emulator.url + target, { headers: { authorization, accept } })
    }
    for (const { id } of state.accounts[0]?.contracts ?? []) {
      const target = `/cps/v2/active-certificates?contractId=${id}`
      await check(target, 'cps', '/active-certificates', 200, get(target))
    }
    const identifiers = (status: number, target: string, secret?: string) =>
      check(target, 'contracts', '/contracts/identifiers', status, get(target, secret))
    await identifiers(200, contractList)
    await identifiers(200, `${contractList}?depth=ALL`)
    await identifiers(400, `${contractList}?depth=DEEP`)
    await identifiers(401, contractList, 'another secret')
    await close()
  }
}
