import type { ListedExport } from '../../exports/format.ts'
import { exportList } from '../../exports/list.ts'

/** The export of each format. */
export const exportsByFormat: ReadonlyMap<string, ListedExport> = new Map(exportList.map((each) => [each.name, each]))

export const formatNames: readonly string[] = [...exportsByFormat.keys()]
