import { randomUUID } from 'node:crypto'
import { authorizationOf } from '../../src/providers/akamai/sandbox/edgegrid.ts'
import { startAkamaiSandbox } from '../../src/providers/akamai/sandbox.ts'
import type { Check } from './check.ts'

const cps = (entity: string) => `application/vnd.akamai.cps.${entity}+json`

export async function checkAkamai(check: Check): Promise<void> {
  for (const scale of [undefined, { contractsPerAccount: 1, enrollmentsPerContract: 50 }]) {
    const { config, emulator, state, close } = await startAkamaiSandbox({
      now: Date.now,
      limits: false,
      ...(scale && { scale }),
    })
    const [account] = config.accounts
    if (!account) throw new Error('no account')
    const get = (target: string, accept: string, clientSecret = account.credentials.clientSecret) => {
      const timestamp = `${new Date().toISOString().slice(0, 19).replaceAll('-', '')}+0000`
      const request = { method: 'GET', target, headers: { host: new URL(emulator.url).host }, body: '' }
      const signer = { ...account.credentials, clientSecret }
      const authorization = authorizationOf(request, signer, timestamp, randomUUID(), { scheme: 'http' })
      return fetch(emulator.url + target, { headers: { authorization, accept } })
    }

    const read = (target: string, path: string, accept: string) => check(target, 'cps', path, 200, get(target, accept))
    for (const { id, enrollments } of state.accounts[0]?.contracts ?? []) {
      await read(`/cps/v2/active-certificates?contractId=${id}`, '/active-certificates', cps('active-certificates.v2'))
      await read(`/cps/v2/enrollments?contractId=${id}`, '/enrollments', cps('enrollments.v11'))
      for (const enrollment of enrollments) {
        for (const network of (['production', 'staging'] as const).filter((each) => enrollment[each])) {
          const path = `/enrollments/{enrollmentId}/deployments/${network}`
          await read(`/cps/v2${path.replace('{enrollmentId}', String(enrollment.id))}`, path, cps('deployment.v8'))
        }
      }
    }

    const contractList = '/contract-api/v1/contracts/identifiers'
    const identifiers = (status: number, target: string, secret?: string) =>
      check(target, 'contracts', '/contracts/identifiers', status, get(target, 'application/json', secret))
    await identifiers(200, contractList)
    await identifiers(200, `${contractList}?depth=ALL`)
    await identifiers(400, `${contractList}?depth=DEEP`)
    await identifiers(401, contractList, 'another secret')
    const switchKeys = '/api-clients/self/account-switch-keys'
    for (const search of ['', '?search=unknown']) {
      const target = `/identity-management/v3${switchKeys}${search}`
      await check(target, 'iam', switchKeys, 200, get(target, 'application/json'))
    }
    await close()
  }
}
