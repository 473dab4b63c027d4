import { defaultLimits } from '../../src/limits.ts'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'
import { createOpenAIWriter, type OpenAIWriter } from '../../src/providers/openai/writer.ts'
import { issueCertificate } from '../../src/sandbox/issue-certificate.ts'
import type { Call, SendCall } from '../../src/upstream/call/call.ts'
import type { CallContext } from '../../src/upstream/call/context.ts'
import { ReadingSize } from '../../src/upstream/call/reading-size.ts'
import { report } from './check.ts'
import type { Documents } from './documents.ts'

const json = ['content', 'application/json', 'schema']
const list = '/organization/certificates'
const projectList = '/organization/projects/{project_id}/certificates'

const day = 86_400_000

/** A call without rate limit and circuit breaker. */
const context: CallContext = {
  signal: new AbortController().signal,
  remaining: () => 0,
  onQueued: () => {},
  permit: { check: () => {}, recordResponse: () => {} },
  size: new ReadingSize(defaultLimits.reading),
}

/** Validates the bodies that the client sends and the emulator's responses, and has the client parse these responses. */
export async function checkWrites({ faultOf }: Documents): Promise<void> {
  const { config, state, close } = await startOpenAISandbox({ now: Date.now })
  const [account] = config.organizations
  const [organization] = state.organizations
  const [project] = organization?.projects ?? []
  if (!account || !project) throw new Error('no organization with a project')
  const { adminKey, baseUrl } = account

  async function write<Value>(path: string, order: (writer: OpenAIWriter) => Promise<Value>): Promise<Value> {
    const exchange: SendCall = async <Answer>({ method = 'GET', url, headers, body, parse }: Call<Answer>) => {
      const what = `${method} ${path}`
      const operation = ['paths', path, method.toLowerCase()]
      if (body !== undefined) {
        report(`openai sent ${what}`, faultOf(JSON.parse(body), 'openai', [...operation, 'requestBody', ...json]))
      }
      const answer = await fetch(url, {
        method,
        headers: { ...headers, authorization: `Bearer ${adminKey}` },
        ...(body && { body }),
      })
      const answered: unknown = await answer.json()
      const fault = faultOf(answered, 'openai', [...operation, 'responses', '200', ...json])
      report(`openai ${answer.status} ${what}`, answer.status === 200 ? fault : 'refused')
      return parse(answered)
    }
    return order(createOpenAIWriter(baseUrl, exchange))
  }

  const { pem } = await issueCertificate({
    subject: 'CN=Checked CA',
    serialNumber: '01',
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 365 * day),
    keyAlgorithm: 'ECDSA',
    authority: true,
  })
  const { id } = await write(list, (writer) => writer.uploadCertificate(pem, null, context))
  await write(`${list}/{certificate_id}`, (writer) => writer.renameCertificate(id, 'renamed', context))
  for (const [path, projectId] of [
    [list, null],
    [projectList, project.id],
  ] as const) {
    for (const [verb, active] of [
      ['activate', true],
      ['deactivate', false],
    ] as const) {
      const order = { certificateIds: [id], projectId, active }
      await write(`${path}/${verb}`, (writer) => writer.toggleCertificates(order, context))
    }
  }
  await write(`${list}/{certificate_id}`, (writer) => writer.deleteCertificate(id, context))
  await close()
}
