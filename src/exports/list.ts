import type { ListedExport } from './format.ts'

/** Every export. */
export const exportList: readonly ListedExport[] = [
  { name: 'csv', path: '/certificates.csv', load: async () => (await import('./csv.ts')).csv },
  { name: 'cyclonedx', path: '/certificates.cdx.json', load: async () => (await import('./cyclonedx.ts')).cyclonedx },
  { name: 'json', path: '/certificates.json', load: async () => (await import('./json.ts')).json },
  { name: 'ics', path: '/expirations.ics', isFeed: true, load: async () => (await import('./ics.ts')).ics },
]
