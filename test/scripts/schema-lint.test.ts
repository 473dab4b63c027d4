import { execFile } from 'node:child_process'
import { readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from '@jest/globals'
import { createFolder } from '../support/folder.ts'

const schema = readFileSync('schema.graphql', 'utf8')

/** Runs the script `schema:lint` of package.json in a folder with this schema. */
async function lint(text: string): Promise<{ code: number; printed: string }> {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  const [command = '', ...words] = scripts['schema:lint']?.split(' ') ?? []
  const files = { 'schema.graphql': text, 'eslint.config.mjs': readFileSync('eslint.config.mjs', 'utf8') }
  const cwd = createFolder({ ...files, 'package.json': '{ "type": "module" }' })
  symlinkSync(resolve('node_modules'), join(cwd, 'node_modules'))
  const program = resolve('node_modules', command, 'bin', `${command}.js`)
  return new Promise((done) => {
    const child = execFile(process.execPath, [program, ...words], { cwd }, (_error, stdout) =>
      done({ code: child.exitCode ?? -1, printed: stdout }),
    )
  })
}

describe('the check of the schema with graphql-eslint', () => {
  it('is part of npm run check', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
    expect(scripts['check']).toContain('npm run schema:lint')
  })

  it('accepts the schema', async () => {
    expect(await lint(schema)).toEqual({ code: 0, printed: '' })
  }, 30_000)

  it('reports mistakes against its recommended rules and against the Relay specification', async () => {
    const { code, printed } = await lint(`${schema}
      type Query_Log { id: ID! }
      "A page."
      type LogConnection { edges: [String!]! pageInfo: PageInfo }
      "A row."
      type LogEdge { cursor: Int node: String }
    `)
    expect(code).toBe(1)
    for (const rule of ['naming-convention', 'require-description', 'no-unreachable-types', 'relay-connection-types'])
      expect(printed).toContain(`@graphql-eslint/${rule}`)
  }, 30_000)
})
