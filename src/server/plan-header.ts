import { RequestError } from './request-error.ts'

/** A request with this header is answered with the calls that its operation would make, and makes none. */
export const planHeader = 'x-certgraph-plan'

/**
 * Whether only the plan of a request is wanted.
 * @throws RequestError for any other value: the operation would be executed, and make its calls
 */
export function isPlanOnly({ headers }: Pick<Request, 'headers'>): boolean {
  const value = headers.get(planHeader)
  if (value === null || value === 'only') return value !== null
  throw new RequestError('BAD_USER_INPUT', `The header ${planHeader} is invalid; expected "only".`)
}
