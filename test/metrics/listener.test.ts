import { once } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { stringify } from 'yaml'
import { addressOf, useBuiltProgram } from '../support/built-program.ts'
import { createFolder } from '../support/folder.ts'
import { sendRequest } from '../support/http-client.ts'

const program = useBuiltProgram()

const organization = { id: 'org_acme', adminKey: 'hush-hush', baseUrl: 'http://127.0.0.1:9' }

/** Starts the program with these metrics. Returns the URLs of the API and of the metrics. */
async function start(metrics: object) {
  const file = { openai: { organizations: [organization] }, server: { drainDelay: '0s' }, metrics }
  const child = program.start({}, createFolder({ 'certgraph.config.yaml': stringify(file) }))
  const { url, printed } = await addressOf(child)
  return { child, url, metricsUrl: /METRICS at (http:\S+\/metrics), without a key/.exec(printed)?.[1] ?? '' }
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
    expect(await sendRequest(metricsUrl, { headers: { host: 'evil.example' } })).toMatchObject({ status: 421 })
    expect(await sendRequest(metricsUrl, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await sendRequest(metricsUrl, { method: 'POST' })).toMatchObject({ status: 405 })
    expect(await sendRequest(metricsUrl.replace('/metrics', '/graphql'))).toMatchObject({ status: 404 })
    expect(await sendRequest(`${url}/metrics`)).toMatchObject({ status: 404 })
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    await expect(sendRequest(metricsUrl)).rejects.toThrow('ECONNREFUSED')
  }, 30_000)

  it('with public access accepts any Host', async () => {
    const { metricsUrl } = await start({ port: 0, access: 'public' })
    expect(await sendRequest(metricsUrl, { headers: { host: '10.0.0.7:9464' } })).toMatchObject({ status: 200 })
  }, 30_000)
})
