import type { Stack } from './stack.ts'

/** Longer than any reading is served, lists of places included: the TTL and the time for a refresh in the background. */
export const beyondEveryTtl = 600_000

/** Deletes a certificate at its vendor, by name. */
export function removeCertificate({ openai, akamai, liveperson }: Stack, name: string): void {
  const removed = [
    ...openai.state.organizations.map(({ certificates }) => remove(certificates, (row) => row.name === name)),
    ...akamai.state.accounts.flatMap(({ contracts }) =>
      contracts.map(({ enrollments }) => remove(enrollments, (row) => row.commonName === name)),
    ),
    ...liveperson.state.accounts.map(({ certificates }) => remove(certificates, (row) => row.name === name)),
  ].filter(Boolean)
  if (removed.length !== 1) throw new Error(`${removed.length} certificates have the name ${name}`)
}

/** Vendors do not reuse the ids of deleted certificates. */
let lastId = 8_000_000_000

/** Uploads a certificate to the first LivePerson account. */
export function addCertificate({ liveperson }: Stack, name: string, expiresAt: number | null): void {
  liveperson.state.accounts[0]?.certificates.push({
    id: String(++lastId),
    name,
    displayName: name,
    deleted: false,
    status: 'Available',
    expirationDate: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  })
}

/** Deletes every certificate of every place. */
export function removeEverything({ openai, akamai, liveperson }: Stack): void {
  for (const { certificates } of openai.state.organizations) certificates.length = 0
  for (const { contracts } of akamai.state.accounts) for (const { enrollments } of contracts) enrollments.length = 0
  for (const { certificates } of liveperson.state.accounts) certificates.length = 0
}

function remove<Row>(rows: Row[], matches: (row: Row) => boolean): boolean {
  const index = rows.findIndex(matches)
  if (index >= 0) rows.splice(index, 1)
  return index >= 0
}
