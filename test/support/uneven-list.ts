import { type Stack, startStack } from './stack.ts'

/** Several hundred certificates in eight places. Many have the same date or name, some have none, one in ten is deleted. */
export async function startStackWithUnevenLists(): Promise<Stack> {
  const stack = await startStack({
    limits: false,
    scale: {
      openai: { organizations: 2, certificatesPerOrganization: 60, projectsPerOrganization: 1 },
      akamai: { accounts: 1, contractsPerAccount: 3, enrollmentsPerContract: 50 },
      liveperson: { accounts: 3, certificatesPerAccount: 40 },
    },
  })
  for (const { certificates } of stack.openai.state.organizations) {
    for (const [index, certificate] of certificates.entries()) {
      certificate.createdAt -= certificate.createdAt % 10
      if (index % 9 === 0) certificate.name = null
      if (index % 9 === 1) certificate.name = 'the same name'
      if (index % 7 === 0) certificate.expiresAt = null
    }
  }
  for (const { certificates } of stack.liveperson.state.accounts) {
    for (const [index, certificate] of certificates.entries()) {
      if (index % 9 === 1) certificate.name = 'The SAME name'
      if (index % 4 === 0) certificate.expirationDate = null
      if (index % 10 === 3) certificate.deleted = true
    }
  }
  return stack
}
