import { expect, it } from '@jest/globals'
import { createApp } from '../../src/app.ts'
import { minimalFile, parse } from '../support/config-parts.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createTestLog } from '../support/test-log.ts'

const warning = expect.objectContaining({ level: 40, msg: expect.stringContaining('expected upstream.prefetch: true') })

it.each([
  { upstream: {}, HOST: '0.0.0.0', isWarned: true },
  { upstream: { prefetch: true }, HOST: '0.0.0.0', isWarned: false },
  { upstream: {}, HOST: '127.0.0.1', isWarned: false },
])('the log says when metrics for others show only what operations read: $upstream $HOST', async (each) => {
  const { upstream, HOST, isWarned } = each
  const config = parse({ ...minimalFile, access: 'public', metrics: { enabled: true }, upstream }, { HOST })
  const { log, lines } = createTestLog('warn')
  const app = await createApp(config, { clock: createManualClock(), log, version: '0.0.0' })
  await app.close()
  if (isWarned) expect(lines).toContainEqual(warning)
  else expect(lines).not.toContainEqual(warning)
})
