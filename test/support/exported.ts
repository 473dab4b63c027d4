import { parse } from 'csv-parse/sync'

export interface ExportAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** The parameters of an export; a list repeats its parameter. */
export type ExportParameters = Readonly<Record<string, string | readonly string[]>>

/** Downloads an export of a running program. */
export async function download(
  { url }: { readonly url: string },
  name: string,
  parameters: ExportParameters = {},
  init: RequestInit = {},
): Promise<ExportAnswer> {
  const target = new URL(`/${name}`, url)
  for (const [parameter, value] of Object.entries(parameters)) {
    for (const each of [value].flat()) target.searchParams.append(parameter, each)
  }
  const response = await fetch(target, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

export type CsvRow = Readonly<Record<string, string>>

/** Parses a file as most programs do: each line break outside quotes begins a row, and not only CRLF. */
export function parseCsv(text: string): readonly CsvRow[] {
  return parse<Record<string, string>>(text, { columns: true, record_delimiter: ['\r\n', '\n', '\r'] })
}

interface Problem {
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly mistakes?: readonly { readonly parameter: string; readonly message: string }[]
  readonly reasons?: readonly string[]
  readonly requestId: string
}

/** @throws when the answer is none */
export function problemOf({ headers, text, status }: ExportAnswer): Problem {
  const type = headers.get('content-type')
  if (type !== 'application/problem+json; charset=utf-8') throw new Error(`a problem with the type ${type}`)
  const problem = JSON.parse(text) as Problem
  if (problem.status !== status) throw new Error(`the status ${status} of the problem ${problem.status}`)
  return problem
}
