import type { ListedExport } from './format.ts'

/** Every export. */
export const exportList: readonly ListedExport[] = [
  { name: 'csv', path: '/certificates.csv', load: async () => (await import('./csv.ts')).csv },
]
