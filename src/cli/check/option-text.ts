/** The value of an option that a filter was made of. */
export interface OptionValue {
  readonly option: 'owner' | 'place'
  readonly value: string
}

/** The arguments of the API that options are sent as. */
const argumentsOf = [
  [/\bfilter\.placeIds\b(\[\d+\])?/g, '--place'],
  [/\bfilter\.owners\b(\[\d+\])?/g, '--owner'],
  [/\bfilter\.expiresWithin\b/g, '--warning or --critical'],
  [/\bfilter\.expiringUncovered\b/g, '--uncovered'],
] as const

/** What the API says of places, in words of the command line. */
const phrases = [
  ['; `certificatePlaces` lists those that are', "; expected the vendor's id of a place"],
  [
    'not an id of this API; expected the `id` or `vendorId` of a place',
    "no such place; expected the vendor's id of a place",
  ],
] as const

/** A message of the API with the option in place of its argument. */
export function toOptionText(message: string, about?: OptionValue): string {
  let text = message
  for (const [argument, option] of argumentsOf) text = text.replace(argument, option)
  for (const [phrase, words] of phrases) text = text.replace(phrase, words)
  if (!about) return text
  const option = `--${about.option}`
  return `${option} ${about.value}: ${text.startsWith(`${option}: `) ? text.slice(option.length + 2) : text}`
}
