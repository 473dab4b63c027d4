import type { ExpiryStatus } from '../catalog/expiry.ts'

const severities: readonly ExpiryStatus[] = ['UNKNOWN', 'OK', 'WARNING', 'CRITICAL', 'EXPIRED']

export const severity = (status: ExpiryStatus): number => severities.indexOf(status)
