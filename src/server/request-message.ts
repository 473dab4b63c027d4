const maxTextLength = 40
const maxValueLength = 200
const quoted = /"((?:[^"\\]|\\.)*)("|$)/g
const ofVariable = /^(Variable "\$\w+" got invalid value )(.*?)( at "[^"]+")?$/s

/**
 * Shortens the values in a message about an invalid document or variable. GraphQL quotes them in full, before the reason.
 * @param reason the message of the error behind it: the last part of a message about a variable
 */
export function toRequestMessage(message: string, reason = ''): string {
  const end = `; ${reason}`
  const parts = reason !== '' && message.endsWith(end) ? ofVariable.exec(message.slice(0, -end.length)) : null
  if (!parts) return withShortTexts(message)
  const [, start = '', value = '', place = ''] = parts
  return `${start}${shortened(withShortTexts(value), maxValueLength)}${place}; ${withShortTexts(reason)}`
}

export function shortened(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
}

function withShortTexts(message: string): string {
  return message.replace(quoted, (text, value: string) =>
    value.length > maxTextLength ? `"${shortened(value, maxTextLength)}"` : text,
  )
}
