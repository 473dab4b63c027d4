import type { Operation } from '../../operation.ts'
import type { AkamaiCertificate } from './certificate.ts'
import type { AkamaiPem } from './deployed.ts'

/** The PEMs of one operation, each read once and forgotten with it. */
export interface AkamaiPems {
  /** Asks for one. @throws UpstreamError when the vendor does not give it */
  read(operation: Operation, certificate: AkamaiCertificate): Promise<AkamaiPem>
  /** One that the operation has asked for; nothing is asked for here. */
  asked(operation: Operation, certificate: AkamaiCertificate): Promise<AkamaiPem> | undefined
}

export function createPems(load: AkamaiPems['read']): AkamaiPems {
  const operations = new WeakMap<Operation, Map<string, Promise<AkamaiPem>>>()
  // Two accounts may reach one certificate, each with its own eyes.
  const keyOf = ({ id, place: { account } }: AkamaiCertificate) => `${account.id} ${id}`
  const asked: AkamaiPems['asked'] = (operation, certificate) => operations.get(operation)?.get(keyOf(certificate))
  return {
    asked,
    read(operation, certificate) {
      const pem = asked(operation, certificate) ?? load(operation, certificate)
      const pems = operations.get(operation) ?? new Map<string, Promise<AkamaiPem>>()
      operations.set(operation, pems.set(keyOf(certificate), pem))
      return pem
    },
  }
}
