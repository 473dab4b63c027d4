/** The metrics of an expression: the names that are not functions, keywords or labels. */
export function metricsIn(expression: string): readonly string[] {
  const withoutLabels = expression
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\b(?:without|by|on|ignoring|group_left|group_right) *\([^)]*\)/g, '')
  return [...new Set(withoutLabels.match(/\b(?:x509|certgraph|nodejs|process)_\w+/g))]
}

/** The metrics that certgraph has. */
export const metricNames: readonly string[] = [
  'x509_cert_not_after',
  'x509_cert_not_before',
  'x509_cert_expired',
  'x509_cert_error',
  'x509_source_up',
  'x509_source_bundles',
  'x509_source_errors_total',
  'x509_cert_collision_dropped_total',
  'x509_scrape_duration_seconds_bucket',
  'certgraph_source_reading_timestamp_seconds',
  'certgraph_source_stale',
  'certgraph_source_complete',
  'certgraph_source_certificates',
  'certgraph_certificates',
  'certgraph_certificate_expiry_unknown',
  'certgraph_certificate_renewal_covered',
  'certgraph_upstream_requests_total',
  'certgraph_upstream_request_duration_seconds_bucket',
  'certgraph_rate_limit_limit_calls',
  'certgraph_rate_limit_remaining_calls',
  'certgraph_rate_limit_waiting_calls',
  'certgraph_circuit_open',
  'certgraph_readings_total',
  'certgraph_operations_total',
  'certgraph_operation_duration_seconds_bucket',
  'certgraph_metrics_certificates_omitted',
  'certgraph_config_last_reload_successful',
  'certgraph_build_info',
]
