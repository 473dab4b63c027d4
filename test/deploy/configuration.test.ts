import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import type { IDeployment } from 'kubernetes-models/apps/v1'
import type { IConfigMap } from 'kubernetes-models/v1'
import { parse as parseYaml } from 'yaml'
import { load } from '../support/config-parts.ts'
import { imageStage } from '../support/deployed-image.ts'
import { createFolder } from '../support/folder.ts'

const read = <Content>(path: string): Content => parseYaml(readFileSync(path, 'utf8'))

/** The files of secrets, by their names in the manifests. */
const secrets = {
  'openai-admin-key': 'sk-admin-of-openai\n',
  edgerc: '[default]\nhost = akab-1.luna.akamaiapis.net\nclient_token = ct\nclient_secret = cs=\naccess_token = at\n',
  'liveperson-token': 'token-of-liveperson',
  'dashboard-key-sha256': `${'5a'.repeat(32)}\n`,
  'redis-url': 'rediss://:password@valkey.example:6379/0',
}

interface Deployed {
  readonly name: string
  /** The configuration file, and where it is mounted. */
  readonly config: string
  readonly configPath: string
  readonly env: Readonly<Record<string, string>>
  readonly secretFolder: string
}

const compose = read<{ services: { certgraph: { environment: Record<string, string> } } }>('deploy/compose.yaml')
const [container] = read<IDeployment>('deploy/kubernetes/deployment.yaml').spec?.template.spec?.containers ?? []
const configMap = read<IConfigMap>('deploy/kubernetes/configmap.yaml')

const deployed: readonly Deployed[] = [
  {
    name: 'Docker Compose',
    config: readFileSync('deploy/compose/certgraph/certgraph.config.yaml', 'utf8'),
    configPath: '/etc/certgraph/certgraph.config.yaml',
    env: compose.services.certgraph.environment,
    secretFolder: '/run/secrets',
  },
  {
    name: 'Kubernetes',
    config: configMap.data?.['certgraph.config.yaml'] ?? '',
    configPath: '/etc/certgraph/certgraph.config.yaml',
    env: Object.fromEntries((container?.env ?? []).map(({ name, value = '' }) => [name, value])),
    secretFolder: '/run/secrets/certgraph',
  },
]

describe.each(deployed)('the configuration of $name', ({ config, configPath, env, secretFolder }) => {
  /** Loads it as the image does, with files of a temporary folder in place of the mounted ones. */
  function loadDeployed(without: string[] = []) {
    const files = Object.entries(secrets).filter(([name]) => !without.includes(name))
    const folder = createFolder({
      ...Object.fromEntries(files.map(([name, content]) => [`secrets/${name}`, content])),
      'certgraph.config.yaml': config.replaceAll(`${secretFolder}/`, './secrets/'),
    })
    const toLocal = (path: string) =>
      path === configPath ? `${folder}/certgraph.config.yaml` : path.replace(secretFolder, `${folder}/secrets`)
    const local = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, toLocal(value)]))
    return load({ ...imageStage.env, ...local }, folder)
  }

  it('loads, with all vendors and their secrets', () => {
    const loaded = loadDeployed()
    expect(loaded.mode).toBe('live')
    expect(loaded.secrets).toEqual(expect.arrayContaining(['sk-admin-of-openai', 'token-of-liveperson', 'cs=']))
  })

  it('needs a key for the API, and serves the metrics on a port of their own', () => {
    const { metrics, server } = loadDeployed()
    expect(server.access).toMatchObject({ apiKeys: [{ name: 'dashboard', sha256: '5a'.repeat(32) }] })
    expect(server).toMatchObject({ host: '0.0.0.0', port: 4000 })
    expect(metrics).toMatchObject({ enabled: true, listener: { host: '0.0.0.0', port: 9464, isPublic: true } })
  })

  it('reads all places also while there are no queries, and shares rate limits', () => {
    const { providers, redis } = loadDeployed()
    expect(Object.values(providers).map((vendor) => vendor?.upstream.prefetch)).toEqual([true, true, true])
    expect(redis?.url).toMatch(/^rediss:/)
  })

  it('does not load without one of the secrets', () => {
    expect(() => loadDeployed(['openai-admin-key'])).toThrow(/OPENAI_ADMIN_KEY_FILE/)
  })
})
