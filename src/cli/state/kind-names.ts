/** What is kept under the first part of a key. */
const kindNames: Readonly<Record<string, string>> = {
  reading: 'readings of places',
  'reading rows': 'rows of readings',
  calls: 'calls within rate limits',
  'last change': 'last changes by this program',
  request: 'idempotency keys',
  x509: 'X.509 details',
  history: 'changes of certificates',
  notify: 'webhook endpoints',
  'notify-messages': 'webhook deliveries',
  'notify-outages': 'outages reported to webhooks',
  'notify-thresholds': 'thresholds reported to webhooks',
  lease: 'leases',
}

export const nameOfKind = (kind: string): string => (Object.hasOwn(kindNames, kind) ? kindNames[kind] : null) ?? kind
