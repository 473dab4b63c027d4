import type { GraphQLError } from 'graphql'

const maxShownLength = 40
const pem = /-----BEGIN(?:[^-]|-(?!----))*-----(?:[\s\S]*-----END[^-]*-----|[\s\S]*)/g
const quoted = /"((?:[^"\\]|\\.)*)("|$)/g
const ofVariable = /^(Variable "\$\w+" got invalid value).*?( at "[^"]+")?$/s

/**
 * The message about an invalid document or variable, without what GraphQL quotes of the value. It quotes a variable in
 * full, which can be a private key, and hides the reason behind it.
 */
export function toRequestMessage({ message, originalError }: GraphQLError): string {
  return withoutValue(message, originalError?.message ?? '')
    .replace(pem, '…')
    .replace(quoted, (text, value: string) =>
      value.length > maxShownLength ? `"${value.slice(0, maxShownLength)}…"` : text,
    )
}

/** The error behind the error about a variable has the reason, and the last part of the message is the same text. */
function withoutValue(message: string, reason: string): string {
  const end = `; ${reason}`
  if (reason === '' || !message.endsWith(end)) return message
  const [, start, place = ''] = ofVariable.exec(message.slice(0, -end.length)) ?? []
  return start === undefined ? message : `${start}${place}${end}`
}
