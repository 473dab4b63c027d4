import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { CallPlanReport } from '../../../src/call-plan.ts'
import { runCommand } from '../../support/command-line.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const pem = 'query Pem($first: Int!) { certificates(first: $first) { nodes { name pem } } }'
let stack: Stack
let folder: string
beforeEach(async () => {
  stack = await startStack({ limits: false })
  folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
  write('pem.graphql', pem)
  write('variables.json', '{ "first": 5 }')
})
afterEach(() => stack.close())

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const plan = (...words: string[]) => runCommand(['plan', ...words], { cwd: folder })
const planAtServer = (...words: string[]) => plan('--url', new URL(stack.url).origin, ...words)
const callsMade = () => stack.emulators.flatMap(({ calls }) => calls)

describe('the command plan', () => {
  it('prints the calls of a query at a running server, and makes none', async () => {
    await stack.ask('{ certificates(first: 1) { totalCount } }')
    for (const emulator of stack.emulators) emulator.reset()
    const words = ['--query', 'pem.graphql', '--variables', 'variables.json']
    const { code, stdout, stderr } = await planAtServer(...words)
    expect([code, stderr, callsMade()]).toEqual([0, '', []])
    const json = await planAtServer(...words, '--format', 'json')
    const { calls, lines } = JSON.parse(json.stdout) as CallPlanReport
    await stack.ask(pem, { first: 5 })
    expect([calls, callsMade().length > 0]).toEqual([callsMade().length, true])
    const [header, ...rows] = stdout.trim().split('\n')
    expect(header).toMatch(/^CALLS {2}CACHED {2}LEFT {2}VENDOR/)
    expect(rows).toHaveLength(lines.length + 2)
    expect(rows.at(-1)).toBe(`${calls} calls`)
    expect(stdout).toMatch(/^ +0 +yes +\S+ +LIVEPERSON +le4830275 +certificates +le4830275$/m)
  })

  it('plans a cold start with the configured vendors, without a call', async () => {
    write('config.json', JSON.stringify(stack.file))
    const words = ['--query', 'pem.graphql', '--variables', 'variables.json', '--config', 'config.json']
    const { code, stdout } = await plan(...words)
    expect([code, callsMade()]).toEqual([0, []])
    expect(stdout).toMatch(/^ *1 +no +\S+ +AKAMAI +bluequay +contracts +bluequay$/m)
    expect(stdout).toMatch(/\n\d+ or more calls\n$/)
  })

  it('names what is wrong with the operation', async () => {
    write('wrong.graphql', '{ certificate { nothing } }')
    const invalid = await planAtServer('--query', 'wrong.graphql')
    expect([invalid.code, invalid.stdout]).toEqual([1, ''])
    expect(invalid.stderr).toContain('GRAPHQL_VALIDATION_FAILED')
    write(
      'mutation.graphql',
      'mutation { deleteOpenAICertificate(input: { organizationId: "a", certificateId: "b" }) { __typename } }',
    )
    expect((await planAtServer('--query', 'mutation.graphql')).stderr).toContain('a mutation was not executed')
    write('subscription.graphql', 'subscription { certificateChanged { id } }')
    expect((await planAtServer('--query', 'subscription.graphql')).stderr).toContain('a subscription was not started')
    write('unknown.graphql', '{ livePersonAccount(id: "nope") { id } }')
    const unknown = await planAtServer('--query', 'unknown.graphql')
    expect([unknown.code, unknown.stdout]).toEqual([1, '0 calls\n'])
    expect(unknown.stderr).toContain('NOT_CONFIGURED')
  })

  it.each([
    [[], '--query is missing; expected --query file'],
    [['--query', 'absent.graphql'], 'the file of --query cannot be read (ENOENT)'],
    [['--query', 'pem.graphql', '--variables', 'pem.graphql'], 'the file of --variables is no JSON object'],
    [['--query', 'pem.graphql', '--format', 'junit'], 'unknown format; expected --format text|json'],
    [['--query', 'pem.graphql', '--format', 'jsno'], 'unknown format, did you mean json?; expected --format text|json'],
  ])('refuses the arguments %j', async (words, message) => {
    const { code, stdout, stderr } = await plan(...words)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain(`certgraph: ${message}`)
  })
})
