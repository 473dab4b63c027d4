import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../../../src/sandbox/fault.ts'
import { issueAuthority, readCertificates, startWriting, type Writing } from '../../../support/mutations.ts'
import { whileTimePasses } from '../../../support/passing-time.ts'
import { the } from '../../../support/rewriting.ts'

const name = 'New clients'

let writing: Writing
beforeEach(async () => {
  writing = await startWriting()
})
afterEach(() => writing.close())

const certificates = () => writing.organization.certificates
const uploaded = () => the(certificates(), ({ id, ...row }) => row.name === name && !id.startsWith('cert_foreign'))

/** Somebody else’s upload of the same name, a moment before: it stands before ours in the list. */
function uploadAsSomebodyElse(pem: string): void {
  const [row] = certificates()
  if (!row) throw new Error('an organization without certificates')
  const createdAt = Math.floor(writing.stack.clock.now() / 1000)
  certificates().unshift({ ...row, id: 'cert_foreign', name, createdAt, active: false, pem })
}

/** Uploads one with an answer that is lost. */
async function upload(answer: Effect = { applied: 'reset' }) {
  const content = await issueAuthority(writing.stack.clock.now())
  writing.stack.openai.emulator.fault({ match: ({ method }) => method === 'POST', effect: answer, times: 1 })
  const result = await whileTimePasses(writing.stack.clock, writing.mutate('upload', { content, name }))
  const looked = writing.stack.openai.emulator.calls.filter(({ path }) => path.includes('/certificates/cert_'))
  return { result, looked: looked.map(({ path }) => path.split('/').at(-1)) }
}

const garbled = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'

describe('an upload whose answer is lost, while somebody else has uploaded one of the same name', () => {
  it.each<[string, Effect | null]>([
    ['is no certificate', null],
    ['is refused', { status: 403, body: { error: 'No.' } }],
    ['is gone', { status: 404, body: {} }],
    ['is not given', { status: 500 }],
  ])('whose content %s, is found to have been made', async (_, effect) => {
    uploadAsSomebodyElse(garbled)
    if (effect) writing.stack.openai.emulator.fault({ match: ({ path }) => path.endsWith('/cert_foreign'), effect })
    const { result, looked } = await upload()
    expect(looked[0]).toBe('cert_foreign')
    expect(result).toMatchObject({
      __typename: 'UploadOpenAICertificateSuccess',
      certificate: { certificateId: uploaded().id, name },
    })
    const shown = await whileTimePasses(writing.stack.clock, readCertificates(writing.stack))
    expect(shown.get(uploaded().id)).toEqual(result.certificate)
    expect(writing.writes()).toHaveLength(1)
  })

  it('that is another certificate, is found to have been made', async () => {
    uploadAsSomebodyElse(await issueAuthority(writing.stack.clock.now(), { serialNumber: '0badcaff' }))
    const { result, looked } = await upload()
    expect(result.certificate?.certificateId).toBe(uploaded().id)
    expect(looked).toEqual(['cert_foreign', uploaded().id])
  })

  it('that cannot be read, is of unknown outcome when it did not arrive: that one may be it', async () => {
    uploadAsSomebodyElse(garbled)
    const { result } = await upload('reset')
    expect(result).toMatchObject({
      __typename: 'CertificateOutcomeUnknownError',
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('the content of cert_foreign is no X.509 certificate in PEM'),
    })
  })
})
