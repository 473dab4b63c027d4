import type { CertificateInputs } from './certificate-input.ts'

export type ListArguments = ReturnType<typeof describeListArguments>

/** The arguments of every list of certificates, besides those of its pages. */
export function describeListArguments({ CertificateOrder }: Pick<CertificateInputs, 'CertificateOrder'>) {
  return {
    orderBy: { type: CertificateOrder, description: 'Default: soonest expiry first.' },
    maxStaleness: { type: 'Duration', description: 'Maximum age of the data, as in `Query.certificates`.' },
  } as const
}
