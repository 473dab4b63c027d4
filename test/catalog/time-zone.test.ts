import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { describe, expect, it } from '@jest/globals'

/** What a process in a time zone reads. */
function readIn(zone: string): { readonly zone: string; readonly values: object } {
  const output = execFileSync(process.execPath, ['--import', 'tsx', 'test/support/print-dates.ts'], {
    env: { ...process.env, TZ: zone },
    encoding: 'utf8',
  })
  return JSON.parse(output)
}

describe('the values of certificates and rows', () => {
  it('are the same in every time zone of the process', () => {
    const [utc, ...others] = ['UTC', 'America/New_York', 'Pacific/Kiritimati'].map(readIn)
    for (const { values } of others) expect(values).toEqual(utc?.values)
    expect(others.map(({ zone }) => zone)).toEqual(['America/New_York', 'Pacific/Kiritimati'])
  })
})
