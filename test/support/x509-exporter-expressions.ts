/**
 * What the dashboard and the alert rules of enix/x509-certificate-exporter v4 evaluate on certificates in files
 * (chart/grafana-dashboards and chart/templates/prometheusrule.yaml, MIT), with a number for each threshold.
 */
export const exporterExpressions: readonly string[] = [
  'count(x509_cert_not_after)',
  'sum(((x509_cert_not_after - time()) / 86400) < bool 0)',
  'sum(0 < ((x509_cert_not_after - time()) / 86400) < bool 7)',
  'sum(0 < ((x509_cert_not_after - time()) / 86400) < bool 28)',
  'count(x509_cert_not_after{filepath!="",embedded_key=""})',
  'count(x509_source_errors_total)',
  'sum(x509_source_errors_total)',
  'sort(((x509_cert_not_after{filepath!=""} - time()) / 86400) < 180)',
  'topk(10, sort_desc(count by (issuer_CN) (x509_cert_not_after)))',
  'topk(10, sort_desc(count by (instance) (x509_cert_not_after{filepath!=""})))',
  'bottomk(10, (x509_cert_not_after{filepath!=""} - x509_cert_not_before) / 86400)',
  'topk(10, (x509_cert_not_after{filepath!=""} - x509_cert_not_before) / 86400)',
  'sum (x509_source_errors_total > bool 0)',
  'sum(rate(x509_source_errors_total[15m]))',
  'topk(10, rate(x509_source_errors_total[6h]))',
  'topk(10, x509_source_errors_total)',
  'sum without (reason) (increase(x509_source_errors_total[15m])) > bool 5',
  'x509_source_up == bool 0',
  'x509_cert_error > bool 0',
  '(x509_cert_not_after - time()) < (28 * 86400) and (x509_cert_not_after - time()) > 0',
  '(x509_cert_not_after - time()) < (14 * 86400)',
  '(x509_cert_not_before - time()) > bool 0',
  'increase(x509_cert_collision_dropped_total[1h]) > bool 0',
]
