import { randomUUID } from 'node:crypto'
import { Agent, request } from 'undici'
import { signEdgeGrid } from '../src/providers/akamai/edgegrid.ts'
import type { AkamaiSandboxConfig } from '../src/providers/akamai/sandbox.ts'
import type { LivePersonSandboxConfig } from '../src/providers/liveperson/sandbox.ts'
import type { OpenAISandboxConfig } from '../src/providers/openai/sandbox.ts'

/** The configuration of the emulators. */
export interface VendorsFile {
  readonly openai: OpenAISandboxConfig
  readonly akamai: AkamaiSandboxConfig
  readonly liveperson: LivePersonSandboxConfig
}

type Headers = Readonly<Record<string, string>>

/** Reads every page with undici, makes an id and a sort key for each row, and sorts the rows. Returns their number. */
export async function readPlainly(vendors: VendorsFile, onBody: (text: string) => void = () => {}): Promise<number> {
  const dispatcher = new Agent()
  const rows: { row: unknown; id: string; key: string | number }[] = []
  const add = (place: string, id: string, key: string | number, row: unknown) =>
    rows.push({ row, id: Buffer.from(`${place}:${id}`).toString('base64'), key })
  const get = async (url: string, headers: Headers = {}) => {
    const text = await (await request(url, { headers, dispatcher })).body.text()
    onBody(text)
    return JSON.parse(text)
  }
  const readOrganization = async ({ baseUrl, id, adminKey }: VendorsFile['openai']['organizations'][number]) => {
    const page = await get(`${baseUrl}/organization/certificates?limit=100`, { authorization: `Bearer ${adminKey}` })
    for (const row of page.data) add(id, row.id, row.certificate_details.expires_at, row)
  }
  const readContracts = async (account: VendorsFile['akamai']['accounts'][number]) => {
    const sign = (path: string, accept: string) => {
      const url = new URL(account.baseUrl + path)
      const credentials = { ...account.credentials, headersToSign: [], maxBody: 0 }
      const attempt = { now: Date.now(), nonce: randomUUID() }
      const authorization = signEdgeGrid(credentials, { method: 'GET', url, headers: {} }, attempt)
      return get(url.href, { authorization, accept })
    }
    const contracts: string[] = await sign('/contract-api/v1/contracts/identifiers?depth=ALL', 'application/json')
    const read = async (contract: string) => {
      const path = `/cps/v2/active-certificates?contractId=${contract}`
      const { enrollments } = await sign(path, 'application/vnd.akamai.cps.active-certificates.v2+json')
      for (const row of enrollments) add(contract, String(row.id), row.production.primaryCertificate.expiry, row)
    }
    await Promise.all(contracts.map(read))
  }
  const readSite = async ({ id, token }: VendorsFile['liveperson']['accounts'][number]) => {
    const service = `/api/account/${id}/service/mtlsGateway/baseURI.json`
    const { baseURI } = await get(vendors.liveperson.domainApiUrl + service)
    const page = await get(`http://${baseURI}/mtls/account/${id}/certificates`, { authorization: `Bearer ${token}` })
    for (const row of page) add(id, String(row.id), row.expirationDate, row)
  }
  await Promise.all([
    ...vendors.openai.organizations.map(readOrganization),
    ...vendors.akamai.accounts.map(readContracts),
    ...vendors.liveperson.accounts.map(readSite),
  ])
  await dispatcher.close()
  return rows.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).length
}
