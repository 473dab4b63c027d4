import { type CertificateQuery, toFilter } from './certificate-query.ts'
import type { CertificateListQueryVariables } from './generated/graphql.ts'
import { toPageArguments } from './query-text.ts'
import { pageSize } from './row-numbers.ts'

/** The variables of the page of a list. */
export function toListVariables({ conditions, order, position }: CertificateQuery): CertificateListQueryVariables {
  return {
    ...toPageArguments(position, pageSize),
    filter: toFilter(conditions),
    orderBy: order,
  }
}

/** No date is later than this from now, so each certificate without a replacement is in the list. */
export const anyTime = 'P100000000D'

/**
 * The variables for the same page of the list without replacements. A cursor is a position in the order, so it is valid with another filter,
 * and of the certificates of the page those without a replacement come first. Only the places of the page are read for it.
 */
export function toCoverageVariables(
  query: CertificateQuery,
  placeIds: readonly string[],
): CertificateListQueryVariables {
  const conditions = {
    ...query.conditions,
    placeIds: query.conditions.placeIds ?? [...new Set(placeIds)],
    expiringUncovered: query.conditions.expiringUncovered ?? anyTime,
  }
  return toListVariables({ ...query, conditions })
}
