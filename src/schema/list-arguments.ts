import type { CertificateInputs } from './certificate-input.ts'

export type ListArguments = ReturnType<typeof describeListArguments>

/** What every list of certificates can be asked for besides a page of it. */
export function describeListArguments({ CertificateOrder }: Pick<CertificateInputs, 'CertificateOrder'>) {
  return {
    orderBy: { type: CertificateOrder, description: 'Soonest expiry first when left out.' },
    maxStaleness: {
      type: 'Duration',
      description:
        'How old what is listed may be: what was read longer ago is read again before it is listed, within the vendor’s ' +
        'limits and at most once in ten seconds unless configured; `PT0S` asks for that. What cannot be read again is ' +
        'listed as `stale`. The strictest value in an operation holds for a place. Left out, a reading serves for as long ' +
        'as is configured.',
    },
  } as const
}
