import type { CombinedError } from '@urql/core'

/** What is wrong with an old answer. A server that says why it has no new one is connected. */
export const toConnectionText = (isOld: boolean, error: Pick<CombinedError, 'graphQLErrors'> | null): string =>
  !isOld ? 'The last refresh failed' : error?.graphQLErrors.length ? 'Could not be read since' : 'Not connected since'
