import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Documents, Vendor } from './documents.ts'
import { faultOfParser, parsers } from './parsers.ts'
import { report } from './report.ts'

const vendors: readonly Vendor[] = ['openai', 'cps', 'contracts', 'iam', 'liveperson']

/** Files with recorded bodies, in a folder beside the documents. */
const files: Readonly<Record<string, string>> = {
  'openai.organization.certificates.list.json': '/organization/certificates',
  'openai.organization.certificates.list.empty.json': '/organization/certificates',
  'openai.organization.certificates.retrieve.include-content.json': '/organization/certificates/{certificate_id}',
  'openai.organization.projects.certificates.list.json': '/organization/projects/{project_id}/certificates',
  'openai.organization.projects.list.json': '/organization/projects',
  'akamai.cps.active-certificates.json': '/active-certificates',
  'akamai.cps.active-certificates.new-enrollment-nulls.json': '/active-certificates',
  'akamai.cps.enrollments.list.json': '/enrollments',
  'akamai.cps.deployments.production.json': '/enrollments/{enrollmentId}/deployments/production',
  'akamai.iam.account-switch-keys.json': '/api-clients/self/account-switch-keys',
  'akamai.contract-api.contracts.identifiers.json': '/contracts/identifiers',
  'liveperson.mtls.certificates.list.json': '/mtls/account/{accountId}/certificates',
  'liveperson.mtls.certificates.get.json': '/mtls/account/{accountId}/certificates/{certificateId}',
}

/** Runs the parsers on the examples in the documents and on the recorded bodies. */
export async function checkExamples(documents: Documents, folder: string): Promise<void> {
  for (const path of Object.keys(parsers)) {
    for (const vendor of vendors) {
      for (const example of documents.examplesOf(vendor, path)) {
        report(`${vendor} parsed the example of ${path}`, faultOfParser(path, example))
      }
    }
  }
  const beside = join(folder, '..', 'examples')
  if (!existsSync(beside)) return
  for (const [file, path] of Object.entries(files)) {
    report(`parsed ${file}`, faultOfParser(path, JSON.parse(await readFile(join(beside, file), 'utf8'))))
  }
}
