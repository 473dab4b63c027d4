import { describe, expect, it } from '@jest/globals'
import { toServiceUrl } from '../../../src/providers/liveperson/domain.ts'
import { UpstreamError } from '../../../src/upstream/error.ts'

const live = 'https://api.liveperson.net'
const loopbacks = ['http://127.0.0.1:9002', 'http://localhost:9002', 'http://[::1]:9002', 'https://127.8.9.10']

const rejection = (baseUri: string, domainApiUrl: string) => {
  try {
    return toServiceUrl(baseUri, domainApiUrl)
  } catch (error) {
    return error
  }
}

describe('a looked-up host', () => {
  it.each([
    ['va-a.mtls.liveperson.net', 'https://va-a.mtls.liveperson.net'],
    ['va.sentinel.liveperson.net', 'https://va.sentinel.liveperson.net'],
    ['LO.MTLS.LivePerson.NET', 'https://lo.mtls.liveperson.net'],
  ])('under liveperson.net is called over HTTPS: %s', (baseUri, url) => {
    for (const domainApiUrl of [live, ...loopbacks]) expect(toServiceUrl(baseUri, domainApiUrl)).toBe(url)
  })

  it.each([
    'evil.example',
    'liveperson.net',
    '.liveperson.net',
    'a..liveperson.net',
    'xliveperson.net',
    'liveperson.net.evil.example',
    'evil.example/.liveperson.net',
    'evil.example#.liveperson.net',
    'evil.example?.liveperson.net',
    'evil.example\\.liveperson.net',
    'evil.example:443#a.liveperson.net',
    'user@a.liveperson.net',
    'user:secret@a.liveperson.net',
    'a.liveperson.net@evil.example',
    'a.liveperson.net:8443',
    'a.liveperson.net:443',
    'a.liveperson.net/',
    'a.liveperson.net/path',
    'a.liveperson.net.',
    'a.liveperson.net\n',
    '\nevil.example\na.liveperson.net',
    ' a.liveperson.net',
    'a b.liveperson.net',
    'a%2eliveperson.net',
    'a.liveperson。net',
    'а.liveperson.net',
    'https://a.liveperson.net',
    '//a.liveperson.net',
    '*.liveperson.net',
    '10.0.0.1',
    '169.254.169.254:80',
    '[::1',
    '',
  ])('in any other form is rejected for every Domain API: %j', (baseUri) => {
    for (const domainApiUrl of [live, ...loopbacks]) {
      const error = rejection(baseUri, domainApiUrl)
      expect(error).toBeInstanceOf(UpstreamError)
      expect(error).toMatchObject({ code: 'UPSTREAM_MALFORMED_RESPONSE', details: { provider: 'LIVEPERSON' } })
    }
  })

  it.each(['127.0.0.1:9002', 'localhost:9002', '[::1]:9002', '127.255.0.9:1'])(
    'on loopback is accepted only from a Domain API on loopback: %s',
    (baseUri) => {
      for (const domainApiUrl of loopbacks) expect(toServiceUrl(baseUri, domainApiUrl)).toBe(`http://${baseUri}`)
      for (const domainApiUrl of [live, 'https://127.0.0.1.evil.example', 'https://localhost.example']) {
        expect(rejection(baseUri, domainApiUrl)).toBeInstanceOf(UpstreamError)
      }
    },
  )

  it.each([
    '127.0.0.1',
    'localhost',
    '127.0.0.1:',
    '127.0.0.1:99999',
    '[:::]:9002',
    '[::2]:9002',
    'localhost.evil.example:9002',
    '127.0.0.1.evil.example:9002',
    '0.0.0.0:9002',
    '127.0.0.1:9002/path',
    'user@127.0.0.1:9002',
    'http://127.0.0.1:9002',
    'evil.example:9002',
  ])('that is not a loopback host with a port is rejected by a Domain API on loopback too: %s', (baseUri) => {
    for (const domainApiUrl of loopbacks) expect(rejection(baseUri, domainApiUrl)).toBeInstanceOf(UpstreamError)
  })
})
