import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { toWebhookHeaders } from '../../src/notify/signature.ts'
import { blockOf, blocksOf, pageAt } from '../support/documentation.ts'
import { createFolder } from '../support/folder.ts'
import { webhookSecret } from '../support/test-notifier.ts'
import { documentedTypes, findSchemaErrors } from '../support/webhook-schemas.ts'

const path = 'docs/webhooks.md'
const run = promisify(execFile)

describe('the page of webhooks', () => {
  const examples = blocksOf(pageAt(path))
    .filter(({ language }) => language === 'json')
    .map(({ name, text }) => ({ name, message: JSON.parse(text) }))

  it.each(examples)('has a valid example: $name', ({ message }) => {
    expect(findSchemaErrors(message)).toBeNull()
  })

  it('has an example of each type, of the changes one', () => {
    const types = examples.map(({ message }) => String(message.type)).filter((type) => !type.startsWith('certificate.'))
    expect(types.sort()).toEqual(documentedTypes.filter((type) => !type.startsWith('certificate')).sort())
    expect(examples.length).toBe(types.length + 1)
  })

  /** Accepted, and not accepted: another body, an old attempt, another secret. */
  const now = Math.floor(Date.now() / 1000)
  const body = '{"type":"test","name":"ü"}'
  const headersAt = (timestamp: number) => toWebhookHeaders({ id: 'msg_1', timestamp, body }, ['other', webhookSecret])
  const other = `whsec_${Buffer.alloc(32, 'other').toString('base64')}`
  const cases = [
    [headersAt(now), body, webhookSecret],
    [headersAt(now), `${body} `, webhookSecret],
    [headersAt(now - 3_600), body, webhookSecret],
    [headersAt(now), body, other],
    ...[
      {},
      { 'webhook-signature': 'v1,é' },
      { 'webhook-timestamp': 'now' },
      { 'webhook-timestamp': '9'.repeat(5_000) },
      { 'webhook-id': undefined, 'webhook-signature': undefined },
    ].map((more, index) => [index === 0 ? {} : { ...headersAt(now), ...more }, body, webhookSecret]),
  ]
  const accepted = cases.map((_, index) => index === 0)

  it('checks signatures in JavaScript', async () => {
    const folder = createFolder({
      'verify.mjs': blockOf(path, 'js'),
      'run.mjs': `import { verify } from './verify.mjs'
        console.log(JSON.stringify(${JSON.stringify(cases)}.map((each) => verify(...each))))`,
    })
    const { stdout } = await run(process.execPath, [join(folder, 'run.mjs')])
    expect(JSON.parse(stdout)).toEqual(accepted)
  })

  const python = '/usr/bin/python3'
  const itWithPython = existsSync(python) ? it : it.skip
  itWithPython('checks signatures in Python', async () => {
    const folder = createFolder({
      'verify.py': blockOf(path, 'python'),
      'cases.json': JSON.stringify(cases),
      'run.py': `import json
from verify import verify
print(json.dumps([verify(h, b.encode(), s) for h, b, s in json.load(open("cases.json"))]))`,
    })
    const { stdout } = await run(python, ['run.py'], { cwd: folder })
    expect(JSON.parse(stdout)).toEqual(accepted)
  })
})
