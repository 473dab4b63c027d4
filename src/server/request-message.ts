/** Removes secrets from a text, and cuts it at the limit. */
export type RedactText = (text: string, limit: number) => string

const maxTextLength = 40
const maxValueLength = 200
/** How much of a part of a message is read: a body of the default limit. The reason may follow a long value. */
const maxLength = 100_000
const quoted = /"((?:[^"\\]|\\.)*)(?:"|\\?$)/gs
const startOfVariable = /^Variable "\$\w+" got invalid value /

/**
 * Redacts a message about an invalid document or variable, and shortens its values. GraphQL quotes them in full, before the
 * reason.
 * @param reason the message of the error behind it: the last part of a message about a variable
 */
export function toRequestMessage(message: string, redact: RedactText, reason = ''): string {
  const toShort = (text: string) => withShortTexts(redact(text, maxLength))
  const end = `; ${reason}`
  const aboutVariable = reason !== '' && message.endsWith(end) ? message.slice(0, -end.length) : ''
  const [start] = startOfVariable.exec(aboutVariable) ?? []
  if (start === undefined) return toShort(message)
  const place = placeAtEnd(aboutVariable)
  const value = aboutVariable.slice(start.length, aboutVariable.length - place.length)
  return `${toShort(start)}${shortened(toShort(value), maxValueLength)}${toShort(place)}; ${toShort(reason)}`
}

/** The place of a value in its variable, such as ` at "filter.placeIds[0]"`; empty for the whole value. */
function placeAtEnd(message: string): string {
  const start = ' at "'
  const place = message.slice(Math.max(message.lastIndexOf(start), 0))
  const isPlace = place.startsWith(start) && place.indexOf('"', start.length) === place.length - 1
  return isPlace ? place : ''
}

export function shortened(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
}

function withShortTexts(message: string): string {
  return message.replace(quoted, (text, value: string) =>
    value.length > maxTextLength ? `"${shortened(value, maxTextLength)}"` : text,
  )
}
