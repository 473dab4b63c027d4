import type { ListedExport } from './format.ts'

/** Every export. */
export const exportList: readonly ListedExport[] = [
  {
    name: 'csv',
    path: '/certificates.csv',
    mediaType: 'text/csv',
    load: async () => (await import('./csv.ts')).csv,
  },
  {
    name: 'cyclonedx',
    path: '/certificates.cdx.json',
    mediaType: 'application/vnd.cyclonedx+json',
    load: async () => (await import('./cyclonedx.ts')).cyclonedx,
  },
  {
    name: 'json',
    path: '/certificates.json',
    mediaType: 'application/json',
    load: async () => (await import('./json.ts')).json,
  },
  {
    name: 'ics',
    path: '/expirations.ics',
    mediaType: 'text/calendar',
    isFeed: true,
    load: async () => (await import('./ics.ts')).ics,
  },
]
