import type { Answer } from '../../../sandbox/call.ts'

interface Reason {
  readonly type?: string
  readonly param?: string
  readonly code?: string
}

/** The documented error object. */
export function refuse(status: number, message: string, reason: Reason = {}): Answer {
  const { type = 'invalid_request_error', param = null, code = null } = reason
  return { status, body: { error: { message, type, param, code } } }
}

/** Reported from the field beside the documented form: a bare string with a 403, the object with a 401. */
export function refuseScope(form: 'bare string' | 'object', scope: string): Answer {
  const message = `This key lacks a scope for the operation: ${scope}.`
  return form === 'object' ? refuse(401, message) : { status: 403, body: { error: message } }
}

export function refuseCertificate(certificateId: string): Answer {
  return refuse(404, `There is no certificate ${certificateId}.`)
}

export function refuseProject(projectId: string): Answer {
  return refuse(404, `There is no project ${projectId}.`)
}
