import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { derOf, toPem } from '../../../../src/catalog/x509/pem.ts'
import type { Effect } from '../../../../src/sandbox/fault.ts'
import { issueAuthority, readCertificates, startWriting, type Writing } from '../../../support/mutations.ts'
import { whileTimePasses } from '../../../support/passing-time.ts'
import { findOnly } from '../../../support/rewriting.ts'

const name = 'New clients'

let writing: Writing
beforeEach(async () => {
  writing = await startWriting()
})
afterEach(() => writing.close())

const certificates = () => writing.organization.certificates
const uploaded = () => findOnly(certificates(), ({ id, ...row }) => row.name === name && !id.startsWith('cert_foreign'))

/** Adds an upload of another client with the same name, a moment earlier: it comes first in the list. */
function uploadFromElsewhere(pem: string): void {
  const [row] = certificates()
  if (!row) throw new Error('an organization without certificates')
  const createdAt = Math.floor(writing.stack.clock.now() / 1000)
  certificates().unshift({ ...row, id: 'cert_foreign', name, createdAt, active: false, pem })
}

/** Uploads a certificate; the response is lost. */
async function upload(response: Effect = { applied: 'reset' }, change = (pem: string) => pem) {
  const content = change(await issueAuthority(writing.stack.clock.now()))
  writing.stack.openai.emulator.fault({ match: ({ method }) => method === 'POST', effect: response, times: 1 })
  const result = await whileTimePasses(writing.stack.clock, writing.mutate('upload', { content, name }))
  const contentCalls = writing.stack.openai.emulator.calls.filter(({ path }) => path.includes('/certificates/cert_'))
  return { result, readContents: contentCalls.map(({ path }) => path.split('/').at(-1)) }
}

const garbled = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

describe('an upload whose response is lost while another client uploaded a certificate with the same name', () => {
  it.each<[string, Effect | null]>([
    ['is not a certificate', null],
    ['cannot be read (403)', { status: 403, body: { error: 'No.' } }],
    ['cannot be read (404)', { status: 404, body: {} }],
    ['cannot be read (500)', { status: 500 }],
  ])('succeeds when the content of that certificate %s', async (_, effect) => {
    uploadFromElsewhere(garbled)
    if (effect) writing.stack.openai.emulator.fault({ match: ({ path }) => path.endsWith('/cert_foreign'), effect })
    const { result, readContents } = await upload()
    expect(readContents[0]).toBe('cert_foreign')
    expect(result).toMatchObject({
      __typename: 'UploadOpenAICertificateSuccess',
      certificate: { certificateId: uploaded().id, name },
    })
    const shown = await whileTimePasses(writing.stack.clock, readCertificates(writing.stack))
    expect(shown.get(uploaded().id)).toEqual(result.certificate)
    expect(writing.writes()).toHaveLength(1)
  })

  it('succeeds when that is a different certificate', async () => {
    uploadFromElsewhere(await issueAuthority(writing.stack.clock.now(), { serialNumber: '0badcaff' }))
    const { result, readContents } = await upload()
    expect(result.certificate?.certificateId).toBe(uploaded().id)
    expect(readContents).toEqual(['cert_foreign', uploaded().id])
  })

  it('has an unknown outcome when it did not arrive and that certificate cannot be read: it may be the upload', async () => {
    uploadFromElsewhere(garbled)
    const { result } = await upload('reset')
    expect(result).toMatchObject({
      __typename: 'CertificateOutcomeUnknownError',
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('the content of cert_foreign is not an X.509 certificate in PEM'),
    })
  })
})

describe('an upload with bytes behind the certificate', () => {
  it('sends the certificate alone, and is found when the response is lost', async () => {
    const { result } = await upload({ applied: 'reset' }, (pem) => toPem(Buffer.concat([derOf(pem), Buffer.alloc(1)])))
    expect(result).toMatchObject({ __typename: 'UploadOpenAICertificateSuccess' })
    expect(uploaded().pem).toBe(toPem(derOf(uploaded().pem ?? '')))
  })
})
