import type { AuthFailure } from '@pothos/plugin-scope-auth'
import type { GraphQLResolveInfo } from 'graphql'
import { InputError } from '../catalog/error.ts'
import { CertificateForbiddenError } from '../providers/mutation-error.ts'
import type { Operation, Scope } from '../upstream/operation.ts'

/** What the rules of types and fields are held against. */
export function grantedScopes({ caller }: Operation): Record<Scope, boolean> {
  return {
    'certificates:read': caller.scopes.has('certificates:read'),
    'certificates:content': caller.scopes.has('certificates:content'),
    'certificates:write': caller.scopes.has('certificates:write'),
  }
}

/** The error of a field whose rule the caller does not meet; of a change as data in its result. */
export function toForbidden({ fieldName, parentType, schema }: GraphQLResolveInfo, failure: AuthFailure): Error {
  const message = `${fieldName}: needs the scope ${lacking(failure).join(', ')}, which the caller does not have`
  const isChange = parentType === schema.getMutationType()
  return isChange ? new CertificateForbiddenError(message, 'FORBIDDEN') : new InputError(message, 'FORBIDDEN')
}

function lacking(failure: AuthFailure): readonly string[] {
  if ('failures' in failure) return failure.failures.flatMap(lacking)
  return 'scope' in failure ? [failure.scope] : []
}
