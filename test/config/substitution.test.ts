import { describe, expect, it } from '@jest/globals'
import { account, mistakesOf as allMistakesOf, load, withoutPosition } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const mistakesOf = (read: () => unknown) => allMistakesOf(read).map(withoutPosition)

const to = (name: string) => `\${${name}}`

const read = (organization: object, env: Record<string, string> = {}, more: object = {}) => {
  const file = { openai: { organizations: [{ id: 'org_acme', adminKey: 'sk-1', ...organization }] }, ...more }
  const config = load(env, createFolder({ 'certgraph.config.yaml': JSON.stringify(file) }))
  return config.providers.openai?.config.organizations[0]
}

describe('a reference to a variable', () => {
  it('is substituted anywhere in a string', () => {
    const env = { A: 'one', B_2: 'two' }
    expect(read({ adminKey: `sk-${to('A')}-${to('B_2')}` }, env)?.adminKey).toBe('sk-one-two')
  })

  it('adds neither structure nor another reference', () => {
    const A = `${to('B')}","baseUrl":"http://x","y":"`
    expect(read({ adminKey: to('A') }, { A, B: 'no' })?.adminKey).toBe(A)
    expect(mistakesOf(() => read({ adminKey: to('A') }, { A: 'x\nbaseUrl: http://evil.example' }))).toEqual([
      expect.stringMatching(/^openai\.organizations\[0\]\.adminKey: not valid; expected an admin key/),
    ])
  })

  it('must have braces', () => {
    expect(mistakesOf(() => read({ adminKey: '$ADMIN_KEY' }, { ADMIN_KEY: 'sk-1' }))).toEqual([
      'openai.organizations[0].adminKey: the name of a variable without braces; expected braces around it',
    ])
    expect(read({ adminKey: '$aDMIN-7$KEY' })?.adminKey).toBe('$aDMIN-7$KEY')
  })

  it('is not substituted in a key', () => {
    expect(mistakesOf(() => read({ [to('A')]: 'x' }, { A: 'name' }))).toEqual([
      'openai.organizations[0].(name not shown): unknown; expected one of id, name, adminKey, baseUrl, projects',
    ])
  })

  it.each([
    ['missing', {}],
    ['empty', { A: '' }],
  ])('is the only mistake at its path when the variable is %s', (what, env) => {
    expect(mistakesOf(() => read({ id: to('A'), projects: [to('A')] }, env))).toEqual([
      `openai.organizations[0].id: the environment variable A is ${what}; expected a value`,
      `openai.organizations[0].projects[0]: the environment variable A is ${what}; expected a value`,
    ])
  })

  it('does not find members of Object.prototype', () => {
    expect(mistakesOf(() => read({ adminKey: to('constructor') }))).toEqual([
      expect.stringContaining('the environment variable constructor is missing'),
    ])
  })

  it.each(['', 'A B', 'sk-secret', '1'])('must contain a valid name: "%s" is not one', (name) => {
    const mistakes = mistakesOf(() => read({ adminKey: to(name) }))
    expect(mistakes).toEqual([
      expect.stringMatching(
        /^openai\.organizations\[0\]\.adminKey: has .+ without the name of a variable .+; expected both$/,
      ),
    ])
  })

  it('is reported for each vendor separately', () => {
    const liveperson = { accounts: [{ ...account, token: to('B') }] }
    expect(mistakesOf(() => read({ adminKey: to('A') }, {}, { liveperson }))).toEqual([
      'openai.organizations[0].adminKey: the environment variable A is missing; expected a value',
      'liveperson.accounts[0].token: the environment variable B is missing; expected a value',
    ])
  })
})
