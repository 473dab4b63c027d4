import { describe, expect, it } from '@jest/globals'
import { ChangeIds } from '../../src/changes/change-id.ts'
import { openEventStream } from '../support/event-stream.ts'
import { startReloadableProgram } from '../support/reloadable-program.ts'

describe('a subscriber that comes back', () => {
  it('is refused with the id of a change that this history does not have yet, such as after an older backup', async () => {
    const program = await startReloadableProgram()
    try {
      const { history } = program.state.changes
      const bounds = await history.store.bounds()
      const after = new ChangeIds(bounds?.id ?? '').toId((await history.last()) + 1)
      const query = 'subscription Changed($after: String) { certificateChanged(after: $after) { id } }'
      const stream = await openEventStream(program.url, { query, variables: { after } })
      await stream.untilClosed()
      expect(stream.results[0]?.errors).toMatchObject([
        { message: expect.stringMatching(/^after: not the id of a change/), extensions: { code: 'BAD_USER_INPUT' } },
      ])
    } finally {
      await program.close()
    }
  })
})
