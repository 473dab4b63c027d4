import type { Operation } from '../../upstream/operation.ts'
import { CertificatePlace } from '../place.ts'
import type { LivePersonCertificate } from './certificate.ts'
import type { LivePersonClient } from './client.ts'
import type { LivePersonAccountConfig } from './config.ts'
import type { LivePersonLoaders } from './loaders.ts'

export class LivePersonAccount extends CertificatePlace<LivePersonCertificate> {
  readonly client: LivePersonClient
  readonly #loaders: LivePersonLoaders

  constructor(config: LivePersonAccountConfig, client: LivePersonClient, loaders: LivePersonLoaders) {
    super('LIVEPERSON', 'LivePersonAccount', config.name, [config.id])
    this.client = client
    this.#loaders = loaders
  }

  rateBudget() {
    return this.client.line.budget.status('certificates')
  }

  read(operation: Operation, maxStaleness?: number) {
    return this.#loaders.account(operation, this, maxStaleness)
  }
}
