import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runCommand } from '../../support/command-line.ts'
import { type Stack, startStack } from '../../support/stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({
    limits: false,
    configure: (file) => ({
      ...file,
      owners: [
        { match: { places: ['52710934'] }, owner: 'payments', contact: '#payments' },
        { match: { provider: 'AKAMAI', names: ['*.clearberth.example'] }, owner: 'edge' },
        { match: { names: ['no such name'] }, owner: 'idle' },
      ],
    }),
  })
})
afterAll(() => stack.close())

const check = (...words: string[]) =>
  runCommand(['check', '--url', new URL(stack.url).origin, ...words], { clock: stack.clock })
async function certificatesOf(...words: string[]) {
  const { stdout } = await check('--format', 'json', ...words)
  const { certificates } = JSON.parse(stdout) as { certificates: { owner: string | null; name: string }[] }
  return certificates
}

describe('check with owners', () => {
  it('names the owner of each certificate, in every format', async () => {
    const { stdout } = await check()
    expect(stdout).toMatch(/^STATUS +EXPIRES +DAYS +VENDOR +PLACE +OWNER +NAME$/m)
    expect(stdout).toMatch(/^CRITICAL .* LIVEPERSON +Clearberth support chat +payments +webhooks-payments$/m)
    expect(stdout).toMatch(/^EXPIRED .* OPENAI +Bluequay Freight +- +Load tests$/m)
    expect((await check('--format', 'junit')).stdout).toContain('; owner payments')
    expect((await check('--format', 'github')).stdout).toMatch(/^::error .*; owner edge$/m)
  })

  it('checks the certificates of the named owners only', async () => {
    const owners = async (...words: string[]) => [
      ...new Set((await certificatesOf(...words)).map(({ owner }) => owner)),
    ]
    expect(await owners('--owner', 'payments')).toEqual(['payments'])
    expect((await owners('--owner', 'payments', '--owner', 'edge')).sort()).toEqual(['edge', 'payments'])
    expect(await owners('--owner', 'edge', '--place', 'K-2CB4PY1')).toEqual(['edge'])
  })

  it.each([
    ['idle', 'UNKNOWN - no certificate of owner idle'],
    ['paymnets', '--owner paymnets: no rule of the configuration assigns this owner'],
  ])('is unknown when the owner %s matches nothing, also beside one that matches', async (owner, message) => {
    const alone = await check('--owner', owner)
    expect([alone.code, alone.stdout]).toEqual([3, expect.stringContaining(message)])
    const both = await check('--owner', owner, '--owner', 'payments')
    expect(both.code).toBe(2)
    expect(both.stdout.split('\n')[0]).toContain(owner)
  })
})
