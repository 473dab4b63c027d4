import { execFile } from 'node:child_process'
import { cpSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'
import { createFolder } from './support/folder.ts'

const run = promisify(execFile)

it('what is built is a program that can be run by its own name', async () => {
  const folder = createFolder()
  for (const name of ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
    cpSync(resolve(name), join(folder, name), { recursive: true })
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'))
  await run('npm', ['run', 'build'], { cwd: folder })
  const { stdout } = await run(join(folder, 'dist/main.js'), ['key', 'dashboard'])
  expect(stdout).toContain('name: "dashboard"')
}, 120_000)
