import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'
import { expect, it } from '@jest/globals'

/** A program of its own: in this one, HTTPS may have been loaded before. */
const program = `
  import { parseX509 } from './src/catalog/x509.ts'
  import { rareCertificates } from './test/support/rare-certificates.ts'
  for (const pem of Object.values(rareCertificates)) parseX509(pem)
  const { createServer } = await import('node:https')
  createServer({}, () => {})
  console.log('created')
`

it('HTTPS works in a program that has read certificates before', async () => {
  const words = ['--import', 'tsx', '--input-type=module', '--eval', program]
  const { stdout } = await promisify(execFile)(process.execPath, words)
  expect(stdout).toBe('created\n')
})
