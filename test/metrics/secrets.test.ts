import { expect, it } from '@jest/globals'
import { samplesOf } from '../support/samples.ts'
import { startStack } from '../support/stack.ts'

it('a secret or a private key in the name of a certificate is in no label', async () => {
  const stack = await startStack()
  const [organization] = stack.openai.config.organizations
  const key = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(4)}\n-----END PRIVATE KEY-----`
  const names = [`uploaded with ${organization?.adminKey}`, key, 'x'.repeat(5_000), 'a "quoted"\\\nname']
  stack.openai.emulator.fault({
    match: ({ path }) => path === '/v1/organization/certificates',
    effect: { patch: (body) => renamed(body, names) },
  })
  await stack.ask('{ certificates(first: 1) { totalCount } }')
  const text = await stack.scrape()
  const shown = samplesOf(text, 'x509_cert_error', { provider: 'OPENAI' }).map(({ labels }) => labels['subject_CN'])
  expect(shown).toContain('uploaded with [redacted]')
  expect(shown).toContain('a "quoted"\\ name')
  expect(shown).toContain(`${'x'.repeat(256)}…`)
  expect(text).not.toContain('MIIEvQ')
  // It fails when a secret of the configuration was in a scrape.
  await stack.close()
})

it('a label has no control or format characters, and certificates whose names differ in them alone have series of their own', async () => {
  const stack = await startStack()
  const [organization] = stack.openai.config.organizations
  const key = String(organization?.adminKey)
  const names = [
    'edge\u0000\u001b[31m red',
    'pay\u202eelpmaxe.pohs\u202c',
    'payelpmaxe.pohs',
    'two\r\n\tlines\u2028more\u0085end',
    `${key.slice(0, 5)}\u2066${key.slice(5)}`,
    'Zürich 東京 🔐',
    `${'y'.repeat(255)}🔐`,
  ]
  stack.openai.emulator.fault({
    match: ({ path }) => path === '/v1/organization/certificates',
    effect: { patch: (body) => renamed(body, names) },
  })
  await stack.ask('{ certificates(first: 1) { totalCount } }')
  const text = await stack.scrape()
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
  const samples = samplesOf(text, 'x509_cert_error', { provider: 'OPENAI' })
  const shown = samples.map(({ labels }) => labels['subject_CN'])
  expect(shown).toEqual(
    expect.arrayContaining(['edge\ufffd\ufffd[31m red', 'two lines more end', '[redacted]', 'Zürich 東京 🔐']),
  )
  const same = samples.filter(({ labels }) => labels['subject_CN'] === 'payelpmaxe.pohs')
  expect(new Set(same.map(({ labels }) => labels['discriminator'])).size).toBe(2)
  expect(shown).toContain(`${'y'.repeat(255)}\ufffd…`)
  await stack.close()
})

function renamed(body: unknown, names: readonly string[]): unknown {
  const page = body as { data: readonly object[] }
  return { ...page, data: page.data.map((row, index) => ({ ...row, ...(names[index] && { name: names[index] }) })) }
}
