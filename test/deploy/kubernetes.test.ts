import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { Deployment, type IDeployment } from 'kubernetes-models/apps/v1'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { ConfigMap, type IConfigMap, Namespace, Service, ServiceAccount } from 'kubernetes-models/v1'
import { parse as parseYaml } from 'yaml'
import { imageStage, variablesOf } from '../support/deployed-image.ts'
import { createFolder } from '../support/folder.ts'

const run = promisify(execFile)
const folder = 'deploy/kubernetes'
const models = { ConfigMap, Deployment, Namespace, NetworkPolicy, PodDisruptionBudget, Service, ServiceAccount }
/** The modules of kubernetes-models that have the types. */
const modules: Record<keyof typeof models, string> = {
  ConfigMap: 'v1',
  Deployment: 'apps/v1',
  Namespace: 'v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  Service: 'v1',
  ServiceAccount: 'v1',
}

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata?: { readonly name?: string }
}

function read<Content = Manifest>(name: string): Content {
  return parseYaml(readFileSync(join(folder, name), 'utf8'))
}

const kustomization = read<{ resources: readonly string[]; images: readonly { name: string; newTag: string }[] }>(
  'kustomization.yaml',
)
const manifests = kustomization.resources.map((name) => [name, read(name)] as const)
const deployment = read<IDeployment>('deployment.yaml')
const pod = deployment.spec?.template.spec
const [container] = pod?.containers ?? []
const configFile = read<IConfigMap>('configmap.yaml').data?.['certgraph.config.yaml'] ?? ''

function isModel(kind: string): kind is keyof typeof models {
  return Object.hasOwn(models, kind)
}

describe('the manifests of Kubernetes', () => {
  it('are all resources of the kustomization', () => {
    const files = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    expect([...kustomization.resources].sort()).toEqual(files.sort())
    for (const name of read<{ resources: readonly string[] }>('prometheus-operator/kustomization.yaml').resources)
      expect(existsSync(join(folder, 'prometheus-operator', name))).toBe(true)
  })

  it.each(manifests)('are valid: %s', (_, manifest) => {
    if (!isModel(manifest.kind)) throw new Error(`no model of ${manifest.kind}`)
    const model = new models[manifest.kind](JSON.parse(JSON.stringify(manifest)))
    expect(() => model.validate()).not.toThrow()
    expect([model.apiVersion, model.kind]).toEqual([manifest.apiVersion, manifest.kind])
  })

  it('have only members that Kubernetes has', async () => {
    const check = (objects: readonly (readonly [string, Manifest])[]) => {
      const lines = objects.flatMap(([, manifest], index) => {
        if (!isModel(manifest.kind)) throw new Error(`no model of ${manifest.kind}`)
        const type = `import('kubernetes-models/${modules[manifest.kind]}').I${manifest.kind}`
        return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)}`
      })
      const options = { module: 'NodeNext', strict: true, noEmit: true, skipLibCheck: true, types: [] }
      const project = createFolder({
        'manifests.ts': lines.join('\n'),
        'package.json': '{ "type": "module" }',
        'tsconfig.json': JSON.stringify({ compilerOptions: options, files: ['manifests.ts'] }),
      })
      symlinkSync(resolve('node_modules'), join(project, 'node_modules'))
      return run(resolve('node_modules/.bin/tsc'), ['-p', project])
    }
    await expect(check(manifests)).resolves.toMatchObject({ stdout: '' })
    const misspelled = JSON.parse(JSON.stringify(deployment).replace('"readinessProbe"', '"readynessProbe"'))
    await expect(check([['', misspelled]])).rejects.toMatchObject({ stdout: expect.stringContaining('readynessProbe') })
  }, 60_000)

  it('have the labels by which the others select the pods', () => {
    const labels = deployment.spec?.template.metadata?.labels
    const selectors = [
      deployment.spec?.selector.matchLabels,
      new Service(read('service.yaml')).spec?.selector,
      new PodDisruptionBudget(read('poddisruptionbudget.yaml')).spec?.selector?.matchLabels,
      new NetworkPolicy(read('networkpolicy.yaml')).spec?.podSelector?.matchLabels,
      read<{ spec: { selector: { matchLabels: object } } }>('prometheus-operator/podmonitor.yaml').spec.selector
        .matchLabels,
    ]
    expect(labels).toMatchObject({ 'app.kubernetes.io/name': 'certgraph' })
    for (const selector of selectors) expect(selector).toEqual({ 'app.kubernetes.io/name': 'certgraph' })
  })
})

describe('the Deployment', () => {
  it('has two replicas, of which one is always ready', () => {
    expect(deployment.spec?.replicas).toBe(2)
    expect(deployment.spec?.strategy?.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 })
    expect(new PodDisruptionBudget(read('poddisruptionbudget.yaml')).spec?.minAvailable).toBe(1)
    // During an update, one more runs.
    expect(parseYaml(configFile).redis.replicas).toBe(3)
  })

  it('runs the image with no rights: not as root, and with files that it cannot change', () => {
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
    const { runAsUser, runAsGroup, fsGroup } = pod?.securityContext ?? {}
    expect(`${runAsUser}:${runAsGroup}`).toBe(imageStage.user)
    expect(fsGroup).toBe(runAsGroup)
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    expect(pod?.automountServiceAccountToken).toBe(false)
    expect(container?.command ?? container?.args).toBeUndefined()
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(kustomization.images).toEqual([{ name: container?.image, newName: 'certgraph', newTag: version }])
  })

  it('has probes for liveness and readiness, on the port of the image', () => {
    const ports = Object.fromEntries((container?.ports ?? []).map(({ name, containerPort }) => [name, containerPort]))
    expect(imageStage.ports).toEqual([String(ports['http'])])
    expect(container?.livenessProbe?.httpGet).toEqual({ path: '/health', port: 'http' })
    expect(container?.startupProbe?.httpGet).toEqual({ path: '/health', port: 'http' })
    expect(container?.readinessProbe).toEqual({
      httpGet: { path: '/ready', port: 'http' },
      periodSeconds: 2,
      failureThreshold: 1,
    })
    const { metrics } = parseYaml(configFile)
    expect(metrics).toMatchObject({ enabled: true, port: ports['metrics'], access: 'public' })
    expect(deployment.spec?.template.metadata?.annotations?.['prometheus.io/port']).toBe(String(metrics.port))
  })

  it('has time to finish what is in progress when it is stopped', () => {
    const delay = Number.parseInt(parseYaml(configFile).server.drainDelay, 10)
    const [requests, changes] = [10, 10]
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(delay + requests + changes)
  })

  it('mounts every folder that it names, and no single file, which would not be updated', () => {
    const mounts = container?.volumeMounts ?? []
    expect(mounts.map(({ name }) => name).sort()).toEqual((pod?.volumes ?? []).map(({ name }) => name).sort())
    for (const mount of mounts) expect(mount).not.toHaveProperty('subPath')
    const state = imageStage.steps.find((step) => step.kind === 'copy' && step.owner !== null)
    expect(mounts.find(({ name }) => name === 'state')).toEqual({
      name: 'state',
      mountPath: state?.kind === 'copy' ? state.target : null,
    })
  })

  it('gets each variable of its configuration from a file of the secret', () => {
    const environment = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]))
    const secrets = container?.volumeMounts?.find(({ name }) => name === 'secrets')
    const { CERTGRAPH_CONFIG, ...files } = environment
    expect(CERTGRAPH_CONFIG).toBe('/etc/certgraph/certgraph.config.yaml')
    expect(Object.keys(files).sort()).toEqual(
      variablesOf(configFile)
        .map((name) => `${name}_FILE`)
        .sort(),
    )
    for (const path of Object.values(files)) expect(path).toMatch(new RegExp(`^${secrets?.mountPath}/[a-z0-9-]+$`))
  })

  it('accepts the names under which clients in the cluster reach the Service', () => {
    const name = new Service(read('service.yaml')).metadata?.name
    const namespace = read('namespace.yaml').metadata?.name
    const { hosts } = parseYaml(configFile).server
    expect(hosts).toEqual([name, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`])
  })
})
