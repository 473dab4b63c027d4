import { stdout } from 'node:process'
import { parseX509 } from '../../src/catalog/x509.ts'
import { RowReader } from '../../src/providers/row-reader.ts'
import { oddCertificates } from './odd-certificates.ts'

/** Prints values that are made of dates, to compare them between processes in different time zones. */
const certificates = oddCertificates.map(([, pem]) => parseX509(pem))
const dates = ['2030-03-31T02:30', '2030-03-31 02:30:00', '20300331023000', '20300331', '1901144400', '1901-12-13']
const row = new RowReader(Object.fromEntries(dates.map((date) => [date, date])))
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
stdout.write(JSON.stringify({ zone, values: { certificates, dates: dates.map((date) => row.date(date)) } }))
