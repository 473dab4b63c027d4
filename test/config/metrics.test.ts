import { describe, expect, it } from '@jest/globals'
import { minimalFile, mistakesOf, parse } from '../support/config-parts.ts'

const metricsOf = (metrics: unknown, env: Record<string, string> = {}) =>
  parse({ ...minimalFile, access: 'public', ...(metrics !== undefined && { metrics }) }, env).metrics
const mistakes = (metrics: unknown, env: Record<string, string> = {}) => mistakesOf(() => metricsOf(metrics, env))

describe('metrics', () => {
  it('are on by default only when HOST is a loopback address', () => {
    expect(metricsOf(undefined)).toEqual({ enabled: true, listener: null, certificates: 10_000, operations: [] })
    expect(metricsOf(undefined, { HOST: '0.0.0.0' }).enabled).toBe(false)
    expect(metricsOf({ enabled: true }, { HOST: '0.0.0.0' }).enabled).toBe(true)
    expect(metricsOf({ enabled: false }).enabled).toBe(false)
  })

  it('are on a port of their own, of a loopback address unless public access is written out', () => {
    expect(metricsOf({ port: 9000 }).listener).toEqual({ host: '127.0.0.1', port: 9000, isPublic: false })
    expect(metricsOf({ host: '::1' }).listener).toEqual({ host: '::1', port: 9464, isPublic: false })
    const open = { enabled: true, host: '0.0.0.0', access: 'public' }
    expect(metricsOf(open, { HOST: '0.0.0.0' }).listener).toEqual({ host: '0.0.0.0', port: 9464, isPublic: true })
    expect(mistakes({ host: '0.0.0.0' })).toEqual([
      'metrics.host: reachable from other machines; expected a loopback address, or "access: public" beside it',
    ])
  })

  it('name what is wrong', () => {
    expect(mistakes({ access: 'public' })).toEqual([
      'metrics.access: about the own listener of the metrics; expected host or port beside it',
    ])
    expect(mistakes({ port: 4000 })).toEqual(['metrics.port: the port of the API (PORT); expected another one'])
    expect(mistakes({ port: 9000 }, { HOST: '0.0.0.0' })).toEqual([
      'metrics.enabled: missing, and metrics are off unless HOST is a loopback address; expected true or false',
    ])
    const listens = 'false, and the metrics have a listener of their own; expected true, or no host and port beside it'
    for (const listener of [{ port: 9000 }, { host: '127.0.0.1' }])
      expect(mistakes({ enabled: false, ...listener })).toEqual([`metrics.enabled: ${listens}`])
    expect(mistakes({ certificates: -1 })).toEqual(
      ['metrics.certificates: expected a whole number from 0 to 1000000'].map(() =>
        expect.stringContaining('metrics.certificates'),
      ),
    )
    expect(mistakes({ operations: ['a b'] })).toEqual([expect.stringContaining('metrics.operations[0]')])
    expect(mistakes({ enable: true })).toEqual([expect.stringContaining('unknown; expected one of enabled, host')])
  })
})
