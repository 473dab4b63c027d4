import type { Operation } from '../../operation.ts'
import { CertificatePlace } from '../place.ts'
import { located } from '../place-loader.ts'
import type { LivePersonCertificate } from './certificate.ts'
import type { LivePersonClient } from './client.ts'
import type { LivePersonAccountConfig } from './config.ts'
import type { LivePersonLoaders } from './loaders.ts'

export class LivePersonAccount extends CertificatePlace<LivePersonCertificate> {
  override readonly holdsServerCertificates = false
  readonly client: LivePersonClient
  readonly #loaders: LivePersonLoaders

  constructor(config: LivePersonAccountConfig, client: LivePersonClient, loaders: LivePersonLoaders) {
    super('LIVEPERSON', 'LivePersonAccount', config.name, [config.id])
    this.client = client
    this.#loaders = loaders
  }

  rateLimitStatus() {
    return this.client.pipeline.rateLimiter.status('certificates')
  }

  read(operation: Operation, maxStaleness?: number) {
    return this.#loaders.account(operation, this, maxStaleness)
  }

  /** One of its certificates by the vendor's id, in a call of its own; null when it is not there. */
  certificate(operation: Operation, certificateId: string) {
    return located(this, this.#loaders.certificate(operation, { account: this, certificateId }))
  }
}
