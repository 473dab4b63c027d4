import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { sendRequest } from '../support/http-client.ts'
import { type RunningServer, startServer } from '../support/running-server.ts'

const hello = { status: 200, body: '{"data":{"hello":"world"}}' }
const preflighted = [
  'authorization',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'graphql-require-preflight',
  'x-graphql-yoga-csrf',
]

describe('a request that a page of another site could send', () => {
  let server: RunningServer
  beforeEach(async () => {
    server = await startServer()
  })
  afterEach(() => server.close())

  const get = (headers: Record<string, string> = {}) =>
    sendRequest(`${server.url}/graphql?query=%7Bhello%7D`, { headers })
  const form = (headers: Record<string, string> = {}) =>
    sendRequest(
      `${server.url}/graphql`,
      { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } },
      'query=%7Bhello%7D',
    )

  it.each(preflighted)('is accepted by GET and POST with the header %s', async (name) => {
    for (const send of [get, form]) {
      expect(await send({ [name]: 'Bearer cg_key' })).toMatchObject(hello)
      expect(await send({ [name.toUpperCase()]: 'Bearer cg_key' })).toMatchObject(hello)
    }
  })

  it('is rejected without such a header, with a message that names all of them', async () => {
    for (const send of [get, form]) {
      const { status, body } = await send({ accept: 'application/json', origin: 'https://evil.example' })
      const { message, extensions } = JSON.parse(body).errors[0]
      expect([status, extensions.code]).toEqual([403, 'FORBIDDEN'])
      for (const name of [...preflighted, 'application/json', 'server.cors.origins']) expect(message).toContain(name)
    }
  })

  it.each(['Basic dTpw', 'basic dTpw', 'Digest username="u"', 'Negotiate YII', 'NTLM TlR'])(
    'is rejected with credentials that browsers add by themselves: %s',
    async (authorization) => {
      for (const send of [get, form]) expect(await send({ authorization })).toMatchObject({ status: 403 })
      expect(await get({ authorization, 'apollo-require-preflight': '1' })).toMatchObject(hello)
    },
  )

  it('is rejected with an empty Authorization header', async () => {
    expect(await get({ authorization: '' })).toMatchObject({ status: 403 })
  })
})
