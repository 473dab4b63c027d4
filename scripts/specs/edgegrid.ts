import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signEdgeGrid } from '../../src/providers/akamai/edgegrid.ts'
import { createEdgeGridVerifier } from '../../src/providers/akamai/sandbox/edgegrid.ts'
import { report } from './check.ts'

interface Vectors {
  readonly credentials: { clientToken: string; clientSecret: string; accessToken: string; host: string }
  readonly timestamp: string
  readonly nonce: string
  readonly maxBody: number
  readonly headersToSign: readonly string[]
  readonly cases: readonly {
    readonly name: string
    readonly method: string
    readonly pathAndQuery: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string | null
    readonly bodyRepeat?: { readonly char: string; readonly times: number }
    readonly signature: string
  }[]
}

/** Checks that the emulator accepts each known signature, and that the client creates it. */
export async function checkSignatures(folder: string): Promise<void> {
  const { credentials, timestamp, nonce, cases, maxBody, headersToSign }: Vectors = JSON.parse(
    await readFile(join(folder, 'edgegrid-vectors.json'), 'utf8'),
  )
  const signedAt = Date.UTC(2014, 2, 21, 19, 34, 21)
  for (const { name, method, pathAndQuery, headers, body, bodyRepeat, signature } of cases) {
    const text = bodyRepeat ? bodyRepeat.char.repeat(bodyRepeat.times) : (body ?? '')
    const options = { scheme: 'https', maxBody, headersToSign } as const
    // One verifier per case, because all cases have the same nonce.
    const verify = createEdgeGridVerifier(
      () => signedAt,
      () => credentials,
      options,
    )
    const { clientToken, accessToken, host } = credentials
    const authorization = `EG1-HMAC-SHA256 client_token=${clientToken};access_token=${accessToken};timestamp=${timestamp};nonce=${nonce};signature=${signature}`
    const verdict = verify({
      method,
      target: pathAndQuery,
      headers: { ...lowerCased(headers), host, authorization },
      body: text,
    })
    report(`edgegrid verified ${name}`, 'rejected' in verdict ? verdict.rejected : undefined)
    const signed = signEdgeGrid(
      { ...credentials, maxBody, headersToSign },
      { method, url: new URL(`https://${host}${pathAndQuery}`), headers, body: text },
      { now: signedAt, nonce },
    )
    report(`edgegrid signed ${name}`, signed === authorization ? undefined : `made ${signed}`)
  }
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
