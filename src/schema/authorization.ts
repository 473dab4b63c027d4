import type { AuthFailure } from '@pothos/plugin-scope-auth'
import type { GraphQLResolveInfo } from 'graphql'
import { InputError } from '../input-error.ts'
import type { Operation, Permission } from '../operation.ts'
import { CertificateForbiddenError } from '../providers/mutation/error.ts'

/**
 * Options of a field that needs a permission: `authScopes` enforces it here, the directives let a router enforce it and
 * let a graph variant leave the field out by its tag. Mutations have no `authScopes`: those of the type Mutation apply.
 */
export const guards = {
  read: { authScopes: { 'certificates:read': true } },
  content: {
    directives: { requiresScopes: { scopes: [['certificates:content']] }, tag: { name: 'pem' } },
    authScopes: { 'certificates:content': true },
  },
  write: { directives: { requiresScopes: { scopes: [['certificates:write']] }, tag: { name: 'write' } } },
}

/** The permissions that `authScopes` of types and fields are checked against. */
export function grantedPermissions({ caller }: Operation): Record<Permission, boolean> {
  return {
    'certificates:read': caller.permissions.has('certificates:read'),
    'certificates:content': caller.permissions.has('certificates:content'),
    'certificates:write': caller.permissions.has('certificates:write'),
    'metrics:read': caller.permissions.has('metrics:read'),
  }
}

/** The error for a missing permission: thrown for a field, data in the result of a mutation. */
export function toForbidden({ fieldName, parentType, schema }: GraphQLResolveInfo, failure: AuthFailure): Error {
  const message = `${fieldName}: needs the scope ${missing(failure).join(', ')}, which the caller does not have`
  const isMutation = parentType === schema.getMutationType()
  return isMutation ? new CertificateForbiddenError(message, 'FORBIDDEN') : new InputError(message, 'FORBIDDEN')
}

function missing(failure: AuthFailure): readonly string[] {
  if ('failures' in failure) return failure.failures.flatMap(missing)
  return 'scope' in failure ? [failure.scope] : []
}
