import { isObject } from '../../is-object.ts'
import { RowReader } from '../row-reader.ts'

/** What is deployed on one network, of deployment v8. */
export interface WireDeployment {
  readonly primaryCertificate: WireDeployedCertificate | null
  readonly multiStackedCertificates: readonly WireDeployedCertificate[]
  /** What stands where certificates could, and is no object. */
  readonly unreadable: number
}

export interface WireDeployedCertificate {
  /** PEM. */
  readonly certificate: string | null
  /** PEM, of one certificate or of several. */
  readonly trustChain: string | null
  readonly keyAlgorithm: string | null
}

/** @throws when the answer says nothing of what is deployed */
export function parseDeployment(body: unknown): WireDeployment {
  if (!isObject(body) || !('primaryCertificate' in body || 'multiStackedCertificates' in body)) {
    throw new Error('no deployment')
  }
  const { primaryCertificate, multiStackedCertificates } = body
  const stacked = Array.isArray(multiStackedCertificates) ? multiStackedCertificates : [multiStackedCertificates]
  const slots: readonly unknown[] = [primaryCertificate, ...stacked]
  const taken = slots.filter((slot) => slot !== undefined && slot !== null)
  return {
    primaryCertificate: parseDeployed(primaryCertificate),
    multiStackedCertificates: stacked.map(parseDeployed).filter((each) => each !== null),
    unreadable: taken.filter((slot) => !isObject(slot)).length,
  }
}

function parseDeployed(value: unknown): WireDeployedCertificate | null {
  if (!isObject(value)) return null
  const row = new RowReader(value)
  return {
    certificate: row.name('certificate'),
    trustChain: row.name('trustChain'),
    keyAlgorithm: row.text('keyAlgorithm'),
  }
}
