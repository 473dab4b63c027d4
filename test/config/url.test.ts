import { describe, expect, it } from '@jest/globals'
import { mistakesOf, organization, parse } from '../support/config-parts.ts'

const read = (baseUrl: unknown) => parse({ openai: { organizations: [{ ...organization, baseUrl }] } })

describe('a base URL', () => {
  it.each([
    ['https://api.example', 'https://api.example'],
    ['https://api.example/', 'https://api.example'],
    ['HTTPS://API.example:443/v1/', 'https://api.example/v1'],
    ['http://127.0.0.1:9001/v1', 'http://127.0.0.1:9001/v1'],
    ['http://127.8.8.8', 'http://127.8.8.8'],
    ['http://[::1]:9001/', 'http://[::1]:9001'],
    ['http://localhost:9001', 'http://localhost:9001'],
  ])('may be %s', (written, baseUrl) => {
    expect(read(written).providers.openai?.config.organizations[0]?.baseUrl).toBe(baseUrl)
  })

  it.each([
    ['http://api.example', 'plain http to another machine; expected https'],
    ['http://128.0.0.1', 'plain http to another machine; expected https'],
    ['http://localhost.example', 'plain http to another machine; expected https'],
    ['http://127.0.0.1.example', 'plain http to another machine; expected https'],
    ['http://[::2]', 'plain http to another machine; expected https'],
    ['http://0.0.0.0', 'plain http to another machine; expected https'],
    ['https://key:sk-secret@api.example', 'contains credentials; expected a URL without them'],
    ['https://sk-secret@api.example', 'contains credentials; expected a URL without them'],
    ['http://127.0.0.1@evil.example', 'contains credentials; expected a URL without them'],
    ['https://api.example?key=sk-secret', 'has a query or a fragment; expected a URL without them'],
    ['https://api.example/?', 'has a query or a fragment; expected a URL without them'],
    ['https://api.example/#sk-secret', 'has a query or a fragment; expected a URL without them'],
    ['ftp://api.example', 'not valid; expected a URL such as'],
    ['https:api.example', 'not valid; expected a URL such as'],
    ['https://api.example\\sk-secret', 'not valid; expected a URL such as'],
    [' https://api.example', 'not valid; expected a URL such as'],
    ['https://api.example/\nsk-secret', 'not valid; expected a URL such as'],
    ['https://', 'not valid; expected a URL such as'],
    ['sk-secret', 'not valid; expected a URL such as'],
    ['', 'empty; expected a URL such as'],
    [null, 'empty; expected a URL such as'],
    [7, 'found a number; expected a URL such as'],
  ])('cannot be %j', (written, mistake) => {
    const mistakes = mistakesOf(() => read(written))
    expect(mistakes).toEqual([expect.stringContaining(`openai.organizations[0].baseUrl: ${mistake}`)])
    expect(mistakes.join()).not.toContain('secret')
  })

  it('is checked in the same way in every setting', () => {
    const baseUrl = 'http://api.example'
    const file = {
      akamai: {
        accounts: [
          { id: 'a', credentials: { host: baseUrl, clientToken: 'c', clientSecret: 's', accessToken: 'a' }, baseUrl },
        ],
      },
      liveperson: { domainApiUrl: baseUrl, accounts: [{ id: 'a', token: 't', baseUrl }] },
    }
    const mistake = 'plain http to another machine; expected https (http is for loopback addresses)'
    expect([...mistakesOf(() => parse(file))].sort()).toEqual([
      `akamai.accounts[0].baseUrl: ${mistake}`,
      `akamai.accounts[0].credentials.host: ${mistake}`,
      `liveperson.accounts[0].baseUrl: ${mistake}`,
      `liveperson.domainApiUrl: ${mistake}`,
    ])
  })
})
