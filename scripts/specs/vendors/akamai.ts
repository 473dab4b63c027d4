import { randomUUID } from 'node:crypto'
import { authorizationOf } from '../../../src/providers/akamai/sandbox/edgegrid.ts'
import { startAkamaiSandbox } from '../../../src/providers/akamai/sandbox.ts'
import {
  enrollmentDetailsShape,
  enrollmentShape,
  parseAccountSwitchKeys,
  parseContractIdentifiers,
  parseEnrollments,
} from '../../../src/providers/akamai/wire.ts'
import { parseDeployment } from '../../../src/providers/akamai/wire-network.ts'
import { checkSignatures } from '../edgegrid.ts'
import { parseCompletely, type SpecContext, type VendorSpecs } from '../vendor-specs.ts'

export const specs: VendorSpecs = {
  documents: {
    cps: 'akamai-cps.openapi.json',
    contracts: 'akamai-contract-api.openapi.json',
    iam: 'akamai-iam-v3-account-switch.openapi.json',
  },
  parsers: {
    '/active-certificates': (body) => parseCompletely(parseEnrollments(body), enrollmentShape.parse),
    '/enrollments': (body) => parseCompletely(parseEnrollments(body), enrollmentDetailsShape.parse),
    '/enrollments/{enrollmentId}/deployments/production': parseWholeDeployment,
    '/enrollments/{enrollmentId}/deployments/staging': parseWholeDeployment,
    '/api-clients/self/account-switch-keys': parseAccountSwitchKeys,
    '/contracts/identifiers': (body) =>
      parseCompletely(parseContractIdentifiers(body), (row) => (typeof row === 'string' ? {} : null)),
  },
  examples: {
    'akamai.cps.active-certificates.json': '/active-certificates',
    'akamai.cps.active-certificates.new-enrollment-nulls.json': '/active-certificates',
    'akamai.cps.enrollments.list.json': '/enrollments',
    'akamai.cps.deployments.production.json': '/enrollments/{enrollmentId}/deployments/production',
    'akamai.iam.account-switch-keys.json': '/api-clients/self/account-switch-keys',
    'akamai.contract-api.contracts.identifiers.json': '/contracts/identifiers',
  },
  async check(context) {
    await checkReads(context)
    await checkSignatures(context.folder)
  },
}

function parseWholeDeployment(body: unknown): void {
  const { primaryCertificate, multiStackedCertificates, unreadable } = parseDeployment(body)
  const isWhole = [primaryCertificate, ...multiStackedCertificates].every((slot) => slot === null || slot.certificate)
  if (unreadable > 0 || !isWhole) throw new Error('a slot without its certificate')
}

const cps = (entity: string) => `application/vnd.akamai.cps.${entity}+json`

async function checkReads({ check }: SpecContext): Promise<void> {
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
