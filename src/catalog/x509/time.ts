import { type DerElement, readOctets } from './der.ts'

const utcTime = 23
const generalizedTime = 24

/** What OpenSSL accepts besides the forms of RFC 5280: no seconds, a fraction of them, and an offset from UTC. */
const forms: ReadonlyMap<number, RegExp> = new Map([
  [utcTime, /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)())?(Z|[+-]\d{4})$/],
  [generalizedTime, /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(\.\d+)?)?(Z|[+-]\d{4})$/],
])

/** RFC 3339 has years of four digits. */
const [earliest, latest] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]

/** A UTCTime or GeneralizedTime → milliseconds since the epoch. @throws when it is neither, has no zone or no such day */
export function readTime(element: DerElement): number {
  const parts = forms.get(element.tag)?.exec(readOctets(element).toString('latin1'))
  if (!parts) throw new Error('not a time with a zone')
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '00', fraction = '', zone = ''] = parts
  // RFC 5280, 4.1.2.5.1
  const century = element.tag === generalizedTime ? '' : Number(year) < 50 ? '20' : '19'
  const date = `${century}${year}-${month}-${day}`
  const time = Date.parse(`${date}T${hour}:${minute}:${second}Z`)
  // Date.parse accepts February 30, which is March 2 then, and the hour 24.
  const isReal = !Number.isNaN(time) && hour !== '24' && new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day)
  if (!isReal) throw new Error('not a real day and time')
  const offset = readOffset(zone)
  const moment = time + Math.floor(Number(`0${fraction}`) * 1000) - offset
  // OpenSSL reads no such time either: its calendar for offsets begins in 1900.
  if (offset !== 0 && moment < Date.UTC(1900)) throw new Error('an offset from UTC before 1900')
  if (moment < earliest || moment > latest) throw new Error('not between the years 0 and 9999')
  return moment
}

/** Milliseconds ahead of UTC. @throws beyond twelve hours, as OpenSSL does */
function readOffset(zone: string): number {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3))]
  if (hours > 12 || minutes > 59) throw new Error('not a real offset from UTC')
  return (hours * 60 + minutes) * (zone.startsWith('-') ? -60_000 : 60_000)
}
