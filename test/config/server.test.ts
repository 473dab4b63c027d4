import { describe, expect, it } from '@jest/globals'
import { createFolder } from './folder.ts'
import { load, mistakesOf, parse, smallest } from './parts.ts'

const refusal = 'HOST: lets other machines in; expected "access: public" in the configuration file, or 127.0.0.1'

describe('access', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'certgraph.internal', '127.0.0.1.example'])(
    'must be written out for HOST %s',
    (HOST) => {
      expect(mistakesOf(() => parse(smallest, { HOST }))).toEqual([refusal])
      expect(parse({ ...smallest, access: 'public' }, { HOST }).server).toMatchObject({ host: HOST, access: 'public' })
    },
  )

  it('can only be written in a file: the short form does not open the host', () => {
    const env = { OPENAI_ADMIN_KEY: 'sk-admin-1', OPENAI_ORG_ID: 'org_acme', HOST: '0.0.0.0' }
    expect(mistakesOf(() => load(env, createFolder()))).toEqual([refusal])
  })

  it.each(['private', 'Public', true, '', null])('has no value %j', (access) => {
    expect(mistakesOf(() => parse({ ...smallest, access }, { HOST: '0.0.0.0' }))).toEqual([
      expect.stringMatching(/^access: .+; expected public, or no such setting$/),
    ])
  })
})

describe('server.hosts', () => {
  it('are names and addresses, in lower case', () => {
    const hosts = ['CertGraph.Internal', '10.0.0.7', '[2001:db8::1]']
    const { server } = parse({ ...smallest, server: { hosts } })
    expect(server.hosts).toEqual(['certgraph.internal', '10.0.0.7', '[2001:db8::1]'])
  })

  it.each(['https://a.example', 'a.example:4000', 'a.example/', '*', '*.example', '', 7])('are not %j', (host) => {
    expect(mistakesOf(() => parse({ ...smallest, server: { hosts: ['a.example', host] } }))).toEqual([
      expect.stringMatching(/^server\.hosts\[1\]: .+; expected a host name, without scheme, port and path$/),
    ])
  })

  it('are a list', () => {
    expect(mistakesOf(() => parse({ ...smallest, server: { hosts: 'a.example' } }))).toEqual([
      'server.hosts: found a string; expected a list of host names',
    ])
  })
})
