import { exportList } from '../../exports/list.ts'

/** The path of each export at a server, by the name of its format. */
export const exportPaths: ReadonlyMap<string, string> = new Map(exportList.map(({ name, path }) => [name, path]))

export const formatNames: readonly string[] = [...exportPaths.keys()]
