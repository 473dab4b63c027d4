import { describe, expect, it } from '@jest/globals'
import { load, minimalFile, mistakesOf, parse, parseForSandbox } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const mistake =
  'HOST: reachable from other machines; expected "access" in the configuration file, with apiKeys or jwt or as "access: public", CERTGRAPH_API_KEY_SHA256 or CERTGRAPH_ACCESS=public in the environment, or the host 127.0.0.1'

describe('access', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'certgraph.internal', '127.0.0.1.example'])(
    'must be configured for HOST %s',
    (HOST) => {
      expect(mistakesOf(() => parse(minimalFile, { HOST }))).toEqual([mistake])
      expect(parse({ ...minimalFile, access: 'public' }, { HOST }).server).toMatchObject({
        host: HOST,
        access: 'public',
      })
    },
  )

  it('must be configured for the short form too', () => {
    const env = { OPENAI_ADMIN_KEY: 'sk-admin-1', OPENAI_ORG_ID: 'org_acme', HOST: '0.0.0.0' }
    expect(mistakesOf(() => load(env, createFolder()))).toEqual([mistake])
  })

  it.each(['private', 'Public', true, '', null])('cannot be %j', (access) => {
    expect(mistakesOf(() => parse({ ...minimalFile, access }, { HOST: '0.0.0.0' }))).toEqual([
      expect.stringMatching(/^access: .+; expected public, or a mapping with apiKeys and jwt$/),
    ])
  })
})

describe('server.hosts', () => {
  it('are host names and addresses, read in lower case', () => {
    const hosts = ['CertGraph.Internal', '10.0.0.7', '[2001:db8::1]']
    const { server } = parse({ ...minimalFile, server: { hosts } })
    expect(server.hosts).toEqual(['certgraph.internal', '10.0.0.7', '[2001:db8::1]'])
  })

  it.each(['https://a.example', 'a.example:4000', 'a.example/', '*', '*.example', '', 7])(
    'cannot include %j',
    (host) => {
      expect(mistakesOf(() => parse({ ...minimalFile, server: { hosts: ['a.example', host] } }))).toEqual([
        expect.stringMatching(/^server\.hosts\[1\]: .+; expected a host name without scheme, port and path$/),
      ])
    },
  )

  it('must be a list', () => {
    expect(mistakesOf(() => parse({ ...minimalFile, server: { hosts: 'a.example' } }))).toEqual([
      'server.hosts: found a string; expected a list of host names',
    ])
  })
})

describe('server.cors.origins', () => {
  it('are empty by default', () => {
    expect(parse(minimalFile).server.cors.origins).toEqual([])
    const origins = ['https://app.example.com', 'http://localhost:3000']
    expect(parse({ ...minimalFile, server: { cors: { origins } } }).server.cors.origins).toEqual(origins)
  })

  it.each([
    '*',
    'null',
    'app.example.com',
    'https://app.example.com/',
    'https://App.example.com',
    'https://a:443',
    'ftp://a',
    7,
  ])('cannot include %j', (origin) => {
    expect(mistakesOf(() => parse({ ...minimalFile, server: { cors: { origins: [origin] } } }))).toEqual([
      expect.stringMatching(/^server\.cors\.origins\[0\]: .+; expected an origin such as .+, without a path$/),
    ])
  })
})

describe('server.introspection and server.graphiql', () => {
  const switches = (server: object, HOST: string) => {
    const { introspection, graphiql } = parse({ ...minimalFile, access: 'public', server }, { HOST }).server
    return { introspection, graphiql }
  }

  it('are on for a loopback HOST and off elsewhere', () => {
    expect(switches({}, '127.0.0.1')).toEqual({ introspection: true, graphiql: true })
    expect(switches({}, '0.0.0.0')).toEqual({ introspection: false, graphiql: false })
  })

  it('are configurable for any HOST', () => {
    expect(switches({ introspection: true }, '0.0.0.0')).toEqual({ introspection: true, graphiql: false })
    expect(switches({ graphiql: false }, '127.0.0.1')).toEqual({ introspection: true, graphiql: false })
  })

  it('must be true or false', () => {
    expect(mistakesOf(() => switches({ graphiql: 'yes' }, '127.0.0.1'))).toEqual([
      expect.stringMatching(/^server\.graphiql: .+; expected true or false$/),
    ])
  })
})

describe('server.drainDelay', () => {
  it('is five seconds, or what the file says, and zero in the sandbox', () => {
    expect(parse(minimalFile).server.drainDelay).toBe(5_000)
    expect(parse({ ...minimalFile, server: { drainDelay: '0s' } }).server.drainDelay).toBe(0)
    expect(parse({ ...minimalFile, server: { drainDelay: 0 } }).server.drainDelay).toBe(0)
    expect(parse({ ...minimalFile, server: { drainDelay: '10m' } }).server.drainDelay).toBe(600_000)
    expect(parseForSandbox(minimalFile).server.drainDelay).toBe(0)
  })

  it.each(['11m', 5, '-1s', 'soon'])('cannot be %j', (drainDelay) => {
    expect(mistakesOf(() => parse({ ...minimalFile, server: { drainDelay } }))).toEqual([
      expect.stringMatching(/^server\.drainDelay: .+; expected a duration such as .+, from 0s to 10m$/),
    ])
  })
})

describe('server.answers.storeFor', () => {
  it('is a second by default, and at most', () => {
    expect(parse(minimalFile).server.answers.storeFor).toBe(1_000)
    expect(parse({ ...minimalFile, server: { answers: { storeFor: '0s' } } }).server.answers.storeFor).toBe(0)
    expect(parse({ ...minimalFile, server: { answers: { storeFor: '250ms' } } }).server.answers.storeFor).toBe(250)
  })

  it.each(['2s', 1, '-1s', 'always'])('cannot be %j', (storeFor) => {
    expect(mistakesOf(() => parse({ ...minimalFile, server: { answers: { storeFor } } }))).toEqual([
      expect.stringMatching(/^server\.answers\.storeFor: .+; expected a duration such as 500ms, from 0s to 1s$/),
    ])
  })
})
