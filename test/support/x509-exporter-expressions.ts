/** The metrics of enix/x509-certificate-exporter v4 that its dashboard and alert rules read, with the labels that they use. */
const metrics: Readonly<Record<string, readonly string[]>> = {
  x509_cert_not_after: ['filepath', 'embedded_key', 'issuer_CN', 'subject_CN', 'instance'],
  x509_cert_not_before: ['filepath', 'subject_CN', 'instance'],
  x509_cert_expired: ['filepath', 'subject_CN'],
  x509_cert_error: ['filepath', 'subject_CN'],
  x509_source_up: ['source_kind', 'source_name'],
  x509_source_bundles: ['source_kind', 'source_name'],
  x509_source_errors_total: ['source_kind', 'source_name', 'reason'],
  x509_cert_collision_dropped_total: ['source_kind', 'source_name'],
}

/** An expression for each way in which a dashboard or a rule uses a metric of certificates in files. */
export const exporterExpressions: readonly string[] = [
  ...Object.entries(metrics).flatMap(([metric, labels]) => [
    metric,
    `topk(3, count by (${labels.join(', ')}) (${metric}))`,
    metric.endsWith('_total') ? `rate(${metric}[1m]) >= bool 0` : `sum(${metric}) >= bool 0`,
  ]),
  ...Object.entries(metrics).flatMap(([metric, labels]) =>
    labels.includes('filepath') ? [`count(${metric}{filepath!=""})`] : [],
  ),
  'bottomk(2, x509_cert_not_after{embedded_key=""} - on (filepath, instance) x509_cert_not_before)',
]
