import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Stack, startStack } from './support/stack.ts'

const readme = readFileSync('README.md', 'utf8')

function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(readme) ?? []
  if (!text) throw new Error(`README.md has no block of ${language}`)
  return text
}

/** The days the sandbox is laid out around differ; all else is the same at every start. */
function withoutDates(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, each) => (key === 'expiresAt' ? 'a date' : each)))
}

describe('the README', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())

  it('shows a query with the answer that the sandbox gives', async () => {
    expect(withoutDates(await stack.ask(block('graphql')))).toEqual(withoutDates(JSON.parse(block('json'))))
  })
})
