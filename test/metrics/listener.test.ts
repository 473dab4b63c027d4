import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { stringify } from 'yaml'
import { addressOf, useBuiltProgram } from '../support/built-program.ts'
import { createFolder } from '../support/folder.ts'
import { sendRequest } from '../support/http-client.ts'

const program = useBuiltProgram()

const organization = { id: 'org_acme', adminKey: 'hush-hush', baseUrl: 'http://127.0.0.1:9' }

/** Starts the program with these metrics. Returns the URLs of the API and of the metrics. */
async function start(metrics: object, server: object = { drainDelay: '0s' }) {
  const fileWith = (settings: object) =>
    stringify({ openai: { organizations: [organization] }, server: settings, metrics })
  const folder = createFolder({ 'certgraph.config.yaml': fileWith(server) })
  const child = program.start({}, folder)
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += chunk
  })
  const { url, printed } = await addressOf(child)
  const logged = async (message: string) => {
    while (!log.includes(message)) await sleep(20)
    return log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ msg }) => msg.includes(message))
  }
  const reload = async (settings: object) => {
    writeFileSync(join(folder, 'certgraph.config.yaml'), fileWith(settings))
    child.kill('SIGHUP')
    await logged('the configuration was read again')
  }
  return {
    child,
    url,
    logged,
    reload,
    metricsUrl: /METRICS at (http:\S+\/metrics), without a key/.exec(printed)?.[1] ?? '',
  }
}

describe('a port of the metrics', () => {
  it('serves them without a key, under loopback names only, and the API does not', async () => {
    const { child, url, metricsUrl } = await start({ port: 0 })
    const answer = await sendRequest(metricsUrl)
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    })
    expect(answer.body).toContain('x509_source_up{source_kind="openai",source_name="org_acme"} 0')
    expect(answer.body).not.toContain('hush-hush')
    const compressed = await fetch(metricsUrl, { headers: { 'accept-encoding': 'gzip' } })
    expect(compressed.headers.get('content-encoding')).toBe('gzip')
    expect(await compressed.text()).toContain('x509_source_up{source_kind="openai",source_name="org_acme"} 0')
    expect(await sendRequest(metricsUrl, { headers: { host: 'evil.example' } })).toMatchObject({ status: 421 })
    expect(await sendRequest(metricsUrl, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await sendRequest(metricsUrl, { method: 'POST' })).toMatchObject({ status: 405 })
    expect(await sendRequest(metricsUrl.replace('/metrics', '/graphql'))).toMatchObject({ status: 404 })
    expect(await sendRequest(`${url}/metrics`)).toMatchObject({ status: 404 })
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    await expect(sendRequest(metricsUrl)).rejects.toThrow('ECONNREFUSED')
  }, 30_000)

  it('logs a Host that it refuses, once for both ports, with the setting in force', async () => {
    const { url, metricsUrl, logged } = await start({ port: 0 })
    const headers = { host: 'evil.example:9464' }
    expect(await sendRequest(metricsUrl, { headers })).toMatchObject({ status: 421 })
    expect(await sendRequest(`${url}/graphql`, { headers })).toMatchObject({ status: 421 })
    expect(await logged('was refused')).toMatchObject([
      { level: 'warn', listener: 'metrics', host: 'evil.example', setting: 'server.hosts' },
    ])
  }, 30_000)

  it('accepts the hosts of a configuration that is read again, and the process stops after its delay', async () => {
    const { child, metricsUrl, reload } = await start({ port: 0 }, { hosts: ['a.example'], drainDelay: '10m' })
    const scrape = () => sendRequest(metricsUrl, { headers: { host: 'a.example' } })
    expect(await scrape()).toMatchObject({ status: 200 })
    await reload({ drainDelay: '0s' })
    expect(await scrape()).toMatchObject({ status: 421 })
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  }, 30_000)

  it('with public access accepts any Host', async () => {
    const { metricsUrl } = await start({ port: 0, access: 'public' })
    expect(await sendRequest(metricsUrl, { headers: { host: '10.0.0.7:9464' } })).toMatchObject({ status: 200 })
  }, 30_000)
})
