import type { ReadCertificate } from '../../catalog/certificate.ts'
import type { Operation } from '../../operation.ts'
import { createDiscovery, type Discovery } from '../discovery.ts'
import { CertificatePlace } from '../place.ts'
import { located } from '../place-loader.ts'
import { oneOrNull } from '../search-result.ts'
import type { Source } from '../source.ts'
import { assertVisible, isVisible } from '../visibility.ts'
import type { OpenAICertificate } from './certificate.ts'
import type { OpenAIClient } from './client.ts'
import type { OpenAIOrganizationConfig } from './config.ts'
import type { OpenAILoaders } from './loaders.ts'

export class OpenAIOrganization extends CertificatePlace<OpenAICertificate> {
  override readonly holdsServerCertificates = false
  readonly client: OpenAIClient
  readonly projects: Discovery<OpenAIProject>
  readonly #configured: readonly OpenAIProject[] | 'discover'
  readonly #loaders: OpenAILoaders

  constructor(config: OpenAIOrganizationConfig, client: OpenAIClient, loaders: OpenAILoaders) {
    super('OPENAI', 'OpenAIOrganization', config.name, [config.id])
    this.client = client
    this.#loaders = loaders
    this.#configured =
      config.projects === 'discover'
        ? config.projects
        : config.projects.map((id) => new OpenAIProject(this, id, null, loaders))
    this.projects = createDiscovery(this, this.#configured, (operation, maxStaleness) =>
      loaders.projects(operation, this, maxStaleness),
    )
  }

  /** One of its projects, whether the vendor lists it or not; null when others are configured. */
  project(id: string): OpenAIProject | null {
    if (this.#configured === 'discover') return new OpenAIProject(this, id, null, this.#loaders)
    return this.#configured.find(({ vendorId }) => vendorId === id) ?? null
  }

  rateLimitStatus(kind: Source['kind']) {
    return this.client.pipeline.rateLimiter.status(kind === 'DISCOVERY' ? 'projects' : 'certificates')
  }

  async read(operation: Operation, maxStaleness?: number) {
    assertVisible(operation, this)
    return this.#loaders.organizationCertificates(operation, this, maxStaleness)
  }

  /** A caller who may not see the organization finds what the projects have that they see. */
  override async find(operation: Operation, id: string): Promise<ReadCertificate<OpenAICertificate> | null> {
    if (isVisible(operation, this)) return super.find(operation, id)
    const { items, sources } = await this.projects.find(operation)
    const found = await Promise.allSettled(items.map((project) => project.find(operation, id)))
    const [certificate] = found.flatMap((each) => (each.status === 'fulfilled' && each.value) || [])
    if (certificate) return certificate
    // It might be in one that could not be read.
    for (const each of found) if (each.status === 'rejected') throw each.reason
    return oneOrNull({ items: [], sources })
  }

  override async x509(operation: Operation, certificate: OpenAICertificate) {
    return certificate.x509 ?? located(this, this.#loaders.x509(operation, certificate))
  }

  /** Its own list tells the organization's flag; a certificate that was read from a project's list is looked up there. */
  override async active(operation: Operation, { active, id }: OpenAICertificate): Promise<boolean | null> {
    if (active !== undefined) return active
    if (!isVisible(operation, this)) return null
    return (await this.read(operation)).value.find(id)?.active ?? null
  }

  /** PEM, read anew for every operation. */
  content(operation: Operation, certificate: OpenAICertificate) {
    return certificate.content ?? located(this, this.#loaders.content(operation, certificate))
  }
}

export class OpenAIProject extends CertificatePlace<OpenAICertificate> {
  readonly organization: OpenAIOrganization
  readonly #loaders: OpenAILoaders

  constructor(organization: OpenAIOrganization, id: string, name: string | null, loaders: OpenAILoaders) {
    super('OPENAI', 'OpenAIProject', name, [organization.vendorId, id])
    this.organization = organization
    this.#loaders = loaders
  }

  rateLimitStatus(kind: Source['kind']) {
    return this.organization.rateLimitStatus(kind)
  }

  read(operation: Operation, maxStaleness?: number) {
    return this.#loaders.projectCertificates(operation, this, maxStaleness)
  }
}
