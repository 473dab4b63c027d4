import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import { parse as parseYaml } from 'yaml'
import { alertRules, recordingRules } from '../support/alert-rules.ts'
import { imageStage, variablesOf } from '../support/deployed-image.ts'
import { createFolder } from '../support/folder.ts'
import { describeWithOpenSSL } from '../support/openssl.ts'
import { describeWithPrometheus, promtool } from '../support/prometheus.ts'

const run = promisify(execFile)

interface Service {
  readonly image?: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly networks?: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, object>>
  readonly read_only?: boolean
  readonly stop_grace_period?: string
  readonly [member: string]: unknown
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: object
  readonly volumes: object
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

const compose: Compose = parseYaml(readFileSync('deploy/compose.yaml', 'utf8'))
const services = Object.entries(compose.services)
const { certgraph } = compose.services
const configFile = readFileSync('deploy/compose/certgraph/certgraph.config.yaml', 'utf8')

const text = { type: 'string', minLength: 1 }
const texts = { type: 'array', items: text, uniqueItems: true }
const words = { type: 'array', items: text, minItems: 1 }
const textMap = { type: 'object', additionalProperties: { type: 'string' } }
const duration = { type: 'string', pattern: '^(\\d+(us|ms|s|m|h))+$' }
const mapOf = (properties: object) => ({
  type: 'object',
  additionalProperties: { type: 'object', properties, additionalProperties: false },
})

/** The members of the Compose Specification (compose-spec.io) that compose.yaml has. Docker Compose refuses unknown ones. */
const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'services'],
  properties: {
    name: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]*$' },
    services: {
      type: 'object',
      propertyNames: { pattern: '^[a-zA-Z0-9._-]+$' },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        anyOf: [{ required: ['image'] }, { required: ['build'] }],
        properties: {
          build: text,
          image: text,
          entrypoint: words,
          command: words,
          user: { type: 'string', pattern: '^\\d+:\\d+$' },
          restart: { enum: ['no', 'always', 'on-failure', 'unless-stopped'] },
          read_only: { type: 'boolean' },
          cap_drop: texts,
          security_opt: texts,
          stop_grace_period: duration,
          environment: textMap,
          secrets: texts,
          volumes: { ...texts, items: { type: 'string', pattern: '^[\\w./-]+:/[\\w./-]+(:ro)?$' } },
          tmpfs: texts,
          networks: texts,
          network_mode: { enum: ['none', 'host', 'bridge'] },
          ports: { ...texts, items: { type: 'string', pattern: '^[\\d.]+:\\d+:\\d+$' } },
          depends_on: mapOf({
            condition: { enum: ['service_started', 'service_healthy', 'service_completed_successfully'] },
          }),
          healthcheck: {
            type: 'object',
            additionalProperties: false,
            required: ['test'],
            properties: { test: words, interval: duration, timeout: duration, retries: { type: 'integer' } },
          },
        },
      },
    },
    networks: mapOf({ internal: { type: 'boolean' } }),
    volumes: mapOf({}),
    secrets: mapOf({ file: text }),
  },
}

/** The volumes of a service: a path of this project or the name of a volume, and where it is mounted. */
function mountsOf({ volumes = [] }: Service): readonly { readonly source: string; readonly target: string }[] {
  return volumes.map((volume) => {
    const [source = '', target = ''] = volume.split(':')
    return { source, target }
  })
}

const isPath = (source: string) => source.startsWith('.')

describe('compose.yaml', () => {
  it('has members of the Compose Specification only', () => {
    const validate = new Ajv({ allErrors: true }).compile(schema)
    validate(compose)
    expect(validate.errors ?? []).toEqual([])
    expect(validate({ ...compose, services: { other: { ...certgraph, stop_grace: '20s' } } })).toBe(false)
  })

  it('defines what its services use, and nothing else', () => {
    const used = (member: (service: Service) => readonly string[]) =>
      [...new Set(services.flatMap(([, service]) => member(service)))].sort()
    const volumes = used((service) => mountsOf(service).flatMap(({ source }) => (isPath(source) ? [] : [source])))
    expect(volumes).toEqual(Object.keys(compose.volumes).sort())
    expect(used(({ secrets = [] }) => secrets)).toEqual(Object.keys(compose.secrets).sort())
    expect(used(({ networks = ['default'] }) => networks)).toEqual(Object.keys(compose.networks).sort())
    for (const [, { depends_on = {} }] of services)
      for (const name of Object.keys(depends_on)) expect(compose.services).toHaveProperty([name])
  })

  it('mounts files and folders that exist', () => {
    const paths = services.flatMap(([, service]) =>
      mountsOf(service)
        .map(({ source }) => source)
        .filter(isPath),
    )
    expect(paths.filter((path) => !existsSync(join('deploy', path)))).toEqual([])
  })

  it('keeps secrets in a folder that git ignores', () => {
    const ignored = readFileSync('.gitignore', 'utf8').split('\n')
    expect(ignored).toContain('deploy/compose/secrets/')
    for (const { file } of Object.values(compose.secrets)) expect(file).toMatch(/^\.\/compose\/secrets\//)
  })

  it('runs every service with files that it cannot change, and names the version of each image', () => {
    for (const [name, { image = '', read_only }] of services) {
      expect([name, read_only]).toEqual([name, true])
      if (name !== 'certgraph') expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?$/)
    }
  })

  it('publishes ports on loopback addresses only, and not those of the metrics and of Valkey', () => {
    const published = services.flatMap(([, { ports = [] }]) => ports)
    for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:/)
    expect(published.map((port) => port.split(':').at(-1)).sort()).toEqual(['3000', '4000', '9090'])
  })
})

describe('certgraph in compose.yaml', () => {
  it('has time to finish what is in progress when it is stopped', () => {
    const delay = Number.parseInt(parseYaml(configFile).server.drainDelay, 10)
    const [requests, changes] = [10, 10]
    expect(certgraph?.stop_grace_period).toBe(`${delay + requests + changes}s`)
  })

  it('has a volume where the image has a folder for state that belongs to its user', () => {
    const state = imageStage.steps.find((step) => step.kind === 'copy' && step.owner === imageStage.user)
    expect(state).toMatchObject({ target: '/var/lib/certgraph' })
    expect(mountsOf(certgraph ?? {})).toContainEqual({ source: 'state', target: '/var/lib/certgraph' })
  })

  it('gets each variable of its configuration from a secret', () => {
    const { CERTGRAPH_CONFIG = '', NODE_EXTRA_CA_CERTS = '', ...files } = certgraph?.environment ?? {}
    expect(Object.keys(files).sort()).toEqual(
      variablesOf(configFile)
        .map((name) => `${name}_FILE`)
        .sort(),
    )
    const secrets = certgraph?.secrets?.map((name) => `/run/secrets/${name}`) ?? []
    for (const path of Object.values(files)) expect(secrets).toContain(path)
    expect(secrets).toContain(parseYaml(configFile).akamai.accounts[0].edgerc.path)
    const mounts = mountsOf(certgraph ?? {})
    const folder = mounts.find(({ target }) => CERTGRAPH_CONFIG.startsWith(`${target}/`))
    expect(statSync(join('deploy', folder?.source ?? '')).isDirectory()).toBe(true)
    expect(existsSync(join('deploy', folder?.source ?? '', 'certgraph.config.yaml'))).toBe(true)
    expect(mounts).toContainEqual({ source: 'valkey-authority', target: '/run/valkey' })
    expect(NODE_EXTRA_CA_CERTS).toBe('/run/valkey/valkey.crt')
  })

  it('is scraped on the port of its metrics, at each replica', () => {
    const { scrape_configs } = parseYaml(readFileSync('deploy/prometheus/prometheus.yaml', 'utf8'))
    const { metrics } = parseYaml(configFile)
    expect(metrics).toEqual({ enabled: true, host: '0.0.0.0', port: 9464, access: 'public' })
    expect(scrape_configs[0].dns_sd_configs[0]).toMatchObject({ names: ['certgraph'], type: 'A', port: metrics.port })
  })
})

describeWithPrometheus('Prometheus in compose.yaml', () => {
  it('has a valid configuration with the alert rules', async () => {
    expect(await promtool('check', 'config', 'deploy/prometheus/prometheus.yaml')).toEqual({
      code: 0,
      output: expect.stringContaining(`${alertRules.length + recordingRules.length} rules found`),
    })
  })
})

describe('Grafana in compose.yaml', () => {
  it('has the data source and the dashboard', () => {
    const folder = 'deploy/grafana/provisioning'
    const { datasources } = parseYaml(readFileSync(`${folder}/datasources/certgraph.yaml`, 'utf8'))
    expect(datasources).toEqual([expect.objectContaining({ type: 'prometheus', url: 'http://prometheus:9090' })])
    const { providers } = parseYaml(readFileSync(`${folder}/dashboards/certgraph.yaml`, 'utf8'))
    const mounted = mountsOf(compose.services['grafana'] ?? {})
    expect(mounted).toContainEqual({
      source: './grafana/certgraph.json',
      target: `${providers[0].options.path}/certgraph.json`,
    })
    expect(mounted).toContainEqual({ source: './grafana/provisioning', target: '/etc/grafana/provisioning' })
  })
})

describeWithOpenSSL('the certificate of Valkey in compose.yaml', () => {
  it('is made once, for the name that certgraph connects to', async () => {
    const [script = ''] = compose.services['valkey-certificate']?.command ?? []
    const folder = createFolder({ 'tls/.keep': '', 'authority/.keep': '', 'data/.keep': '' })
    const local = script.replaceAll(/(?<=\s)\/(tls|authority|data)\b/g, `${folder}/$1`).replaceAll(/^chown .*$/gm, '')
    const make = () => run('/bin/sh', ['-ec', local])
    await make()
    const pem = readFileSync(join(folder, 'authority/valkey.crt'))
    const certificate = new X509Certificate(pem)
    const { hostname } = new URL(parseYaml(configFile).redis.url)
    expect(compose.services).toHaveProperty([hostname])
    expect(certificate.checkHost(hostname)).toBe(hostname)
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(statSync(join(folder, 'tls/valkey.key')).mode & 0o777).toBe(0o400)
    await make()
    expect(readFileSync(join(folder, 'authority/valkey.crt'))).toEqual(pem)
  })
})
