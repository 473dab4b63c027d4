import { describe, expect, it } from '@jest/globals'
import { toConnectionText } from '../../web/connection-text.ts'

describe('the notice on an old answer', () => {
  const refusal = { graphQLErrors: [{ message: 'OpenAI failed 5 times' }] } as never
  const loss = { graphQLErrors: [] } as never

  it('says that the connection is lost only when the server does not answer', () => {
    expect(toConnectionText(true, loss)).toBe('Not connected since')
    expect(toConnectionText(true, null)).toBe('Not connected since')
    expect(toConnectionText(true, refusal)).toBe('Could not be read since')
  })

  it('says of a new one that the last refresh failed', () => {
    expect(toConnectionText(false, refusal)).toBe('The last refresh failed')
    expect(toConnectionText(false, loss)).toBe('The last refresh failed')
  })
})
