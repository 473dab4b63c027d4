import { homedir } from 'node:os'
import { describe, expect, it } from '@jest/globals'
import { homeOf } from '../../src/config/source.ts'

describe('the home directory', () => {
  it('is HOME, or that of the user', () => {
    expect(homeOf({ HOME: '/home/someone' })).toBe('/home/someone')
    expect(homeOf({})).toBe(homedir())
  })

  it('is / for a user that the system does not list, as in a container', () => {
    const readHome = () => {
      throw new Error('uv_os_homedir returned ENOENT')
    }
    expect(homeOf({}, readHome)).toBe('/')
  })
})
