import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

export interface SigningKey {
  readonly kid: string
  readonly alg: string
  readonly privateKey: CryptoKey
  readonly publicJwk: object
}

export async function createSigningKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg } }
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>

/** An issuer that signs tokens and publishes its keys over loopback HTTP. */
export async function startIssuer(name: string, now: () => number) {
  let respond: ((response: ServerResponse) => void) | null = null
  let calls = 0
  let pairs = [await createSigningKey('first')]
  const server = createServer((_request, response) => {
    calls += 1
    if (respond) return respond(response)
    response.end(JSON.stringify({ keys: pairs.map(({ publicJwk }) => publicJwk) }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    config: {
      issuer: name,
      audience: 'certgraph',
      jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks?v=1`,
    },
    get calls() {
      return calls
    },
    get pair() {
      return pairs[0] as SigningKey
    },
    /** Replaces the published keys; the first one signs. */
    publish(...published: SigningKey[]) {
      pairs = published
    },
    /** Replaces the response of the key set; null restores it. */
    answerWith(other: typeof respond) {
      respond = other
    },
    /** Signs a token for this API that is valid for five minutes, with these claims in place of the default ones. */
    async sign(claims: JWTPayload = {}, pair: SigningKey = pairs[0] as SigningKey): Promise<string> {
      const seconds = Math.floor(now() / 1000)
      const own = {
        iss: name,
        aud: 'certgraph',
        sub: 'alice',
        iat: seconds,
        exp: seconds + 300,
        scope: 'certificates:read',
      }
      return new SignJWT({ ...own, ...claims })
        .setProtectedHeader({ alg: pair.alg, kid: pair.kid })
        .sign(pair.privateKey)
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
