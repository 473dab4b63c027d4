import { type GraphQLSchema, parse } from 'graphql'
import { InputError } from '../input-error.ts'
import type { Operation } from '../operation.ts'
import { staleReasons } from '../providers/incomplete.ts'
import type { Source } from '../providers/place.ts'
import { readAllCertificates } from '../schema/search/all-certificates.ts'
import type { Search } from '../schema/search/find-certificates.ts'
import type { ExportProgress, HttpExport, ParsedExport, ReadExport } from '../server/http-export.ts'
import type { TimeSlice } from '../time-slice.ts'
import { EntityTags } from './entity-tag.ts'
import { toExportRow } from './export-row.ts'
import type { ExportContent, ExportFormat, ExportSettings, FailedSource, ListedExport } from './format.ts'
import { createParameterParser } from './parameters.ts'
import { toRetryAfter } from './retry-after.ts'
import { readUnlisted } from './unlisted-fields.ts'

/** Bytes of the parts in which a file is sent. */
const partBytes = 65_536

/** The query that makes the calls of an export. */
const equivalent = parse(
  'query ($filter: CertificateFilter) { certificates(first: 100, filter: $filter) { totalCount nodes { id } } }',
)

/** The exports as the server answers them, with the search of the schema. */
export function createExports(
  schema: GraphQLSchema,
  search: Search,
  list: readonly ListedExport[],
  settings: ExportSettings,
): readonly HttpExport<Operation>[] {
  return list.map(({ name, path, isFeed = false, load }) => {
    let tags: EntityTags | undefined
    return {
      name,
      path,
      isFeed,
      async load() {
        const format = await load()
        if (format.tagged) tags ??= new EntityTags(format.tagged, search.owners)
        const parseParameters = createParameterParser(schema, format.parameters)
        return (query): ParsedExport<Operation> => {
          const parsed = parseParameters(query)
          if ('mistakes' in parsed) return parsed
          return {
            requirements: new Set(parsed.require ?? []),
            equivalent: { document: equivalent, variables: { filter: parsed.filter } },
            read: (operation) => read(search, operation, format, { ...parsed, settings, tags }),
          }
        }
      },
    }
  })
}

type Parameters = Exclude<ReturnType<ReturnType<typeof createParameterParser>>, { mistakes: unknown }>

/** Reads the vendors. @throws InputError */
async function read(
  search: Search,
  operation: Operation,
  format: ExportFormat,
  {
    filter,
    orderBy,
    maxStaleness,
    conditions,
    format: parameters,
    settings,
    tags,
  }: Parameters & Pick<ExportContent, 'settings'> & { readonly tags: EntityTags | undefined },
): Promise<ReadExport> {
  const all = await withParameterNames(() => readAllCertificates(search, operation, { filter, orderBy, maxStaleness }))
  const { report, rows } = all
  const { details, active, incompleteReasons, failures } = await readUnlisted(operation, all, {
    withActive: !format.omitsActive,
    withDetails: parameters['x509'] === true,
  })
  if (incompleteReasons.length > 0) operation.outcome?.lack()
  const { now } = operation
  const allIncompleteReasons = [...report.incompleteReasons, ...incompleteReasons]
  const content: ExportContent = {
    settings,
    now,
    conditions,
    incompleteReasons: allIncompleteReasons,
    staleReasons: report.fresh ? [] : staleReasons(report.sources),
    get sources() {
      return report.sources
    },
    failedSources: allIncompleteReasons.length > 0 ? report.sources.flatMap(toFailedSource) : [],
    async *rows(timeSlice) {
      for await (const batch of rows(timeSlice)) {
        yield batch.map((certificate) => toExportRow(certificate, { now, ...search, details, active }))
      }
    },
  }
  const write = (timeSlice: TimeSlice, progress: ExportProgress) =>
    toParts(format.write(withProgress(content, progress), timeSlice, parameters))
  const { contentType, fileName } = format
  const etag = await tags?.tagOf(content, all, operation.timeSlice)
  return {
    contentType,
    fileName,
    incompleteReasons: content.incompleteReasons,
    staleReasons: content.staleReasons,
    retryAfterSeconds: toRetryAfter(report.sources, failures),
    etag,
    write,
  }
}

function toFailedSource({ place, kind, status }: Source): readonly FailedSource[] {
  if (status !== 'FAILED') return []
  const state = place.sourceStates().find((each) => each.kind === kind)
  // A reading that was completed meanwhile came too late.
  return [{ place, kind, since: state?.attemptedSince ?? state?.asOf ?? null }]
}

/** The argument of the API has the parameters as its members. */
async function withParameterNames<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(error.message.replaceAll(/\bfilter\.(?=\w)/g, ''), error.code, error.details)
  }
}

function withProgress(content: ExportContent, progress: ExportProgress): ExportContent {
  return {
    settings: content.settings,
    now: content.now,
    conditions: content.conditions,
    incompleteReasons: content.incompleteReasons,
    staleReasons: content.staleReasons,
    get sources() {
      return content.sources
    },
    failedSources: content.failedSources,
    async *rows(timeSlice) {
      for await (const batch of content.rows(timeSlice)) {
        yield batch
        progress.rows += batch.length
      }
    },
  }
}

/** Joins the pieces of a file to parts of one size. */
async function* toParts(pieces: AsyncIterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  let text: string[] = []
  let length = 0
  for await (const piece of pieces) {
    text.push(piece)
    length += piece.length
    if (length < partBytes) continue
    yield Buffer.from(text.join(''))
    text = []
    length = 0
  }
  if (length > 0) yield Buffer.from(text.join(''))
}
