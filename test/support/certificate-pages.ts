import { expect } from '@jest/globals'
import { whileTimePasses } from './passing-time.ts'
import type { Stack } from './stack.ts'

/** The arguments of a connection; `orderBy` and `filter` are those of lists of certificates. */
export interface PageArguments {
  readonly first?: number | null
  readonly after?: string | null
  readonly last?: number | null
  readonly before?: string | null
  readonly orderBy?: { readonly field: string; readonly direction: string } | null
  readonly filter?: object | null
}

export interface Listed {
  readonly id: string
  readonly provider: string
  readonly name: string | null
  readonly createdAt: string | null
  readonly expiresAt: string | null
}

export interface Page<Node = Listed> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[]
  readonly nodes: readonly Node[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly startCursor: string | null
    readonly endCursor: string | null
  }
  readonly totalCount: number
  readonly complete: boolean
}

const pageQuery = `
  query ($first: Int, $after: String, $last: Int, $before: String, $orderBy: CertificateOrder, $filter: CertificateFilter) {
    certificates(first: $first, after: $after, last: $last, before: $before, orderBy: $orderBy, filter: $filter) {
      edges { cursor node { ...listed } }
      nodes { ...listed }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
      complete
    }
  }
  fragment listed on Certificate { id provider name createdAt expiresAt }`

/** A page of `Query.certificates`; time passes, so that calls can be repeated. @throws if the response has errors */
export async function certificatePage(stack: Stack, args: PageArguments): Promise<Page> {
  const answer = stack.ask<{ certificates: Page }>(pageQuery, args)
  const { data, errors } = await whileTimePasses(stack.clock, answer)
  if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
  return data.certificates
}

/** The errors of a page; a variable of a wrong type makes the whole request fail. */
export async function certificateRejection(stack: Stack, args: object) {
  const { data, errors = [] } = await stack.ask<{ certificates: null } | null>(pageQuery, args)
  return {
    data: data?.certificates ?? null,
    errors: errors.map(({ message, path, extensions: { code } }) => ({ message, path, code })),
  }
}

/** The expected rejection of the root field. */
export function rejectedWith(code: string, message: RegExp, path: readonly string[] = ['certificates']) {
  return { data: null, errors: [{ code, path, message: expect.stringMatching(message) }] }
}

/** All pages of a list, from its start by `first` or from its end by `last`, in the order of the requests. */
export async function allPages<Each extends Page<unknown>>(
  size: Pick<PageArguments, 'first' | 'last'>,
  page: (args: PageArguments) => Promise<Each>,
): Promise<Each[]> {
  const forward = typeof size.first === 'number'
  const pages = [await page(size)]
  for (;;) {
    const { hasNextPage, hasPreviousPage, startCursor, endCursor } = (pages.at(-1) as Each).pageInfo
    if (forward ? !hasNextPage : !hasPreviousPage) return pages
    pages.push(await page({ ...size, ...(forward ? { after: endCursor } : { before: startCursor }) }))
  }
}

/** The rows of pages from the start or from the end, in the order of the list. */
export function rowsOf<Node>(pages: readonly Page<Node>[], from: 'start' | 'end' = 'start'): readonly Node[] {
  return (from === 'start' ? pages : [...pages].reverse()).flatMap(({ nodes }) => nodes)
}

export function idsOf(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(({ id }) => id)
}

export const everyOrder = ['CREATED_AT', 'EXPIRES_AT', 'NAME', 'PLACE'].flatMap((field) =>
  ['ASC', 'DESC'].map((direction) => ({ field, direction })),
)
