import { afterEach, expect, it } from '@jest/globals'
import { systemClock } from '../../../src/upstream/clock.ts'
import { issueAuthority } from '../../support/mutations.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { setUpDeployment } from '../../support/redis/deployment.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'

const list = '{ openAIOrganization(id: "org_bluequay") { certificates(first: 100) { nodes { name } } } }'

describeWithRedis('an answer that a replica has stored', () => {
  const deployment = setUpDeployment()
  const programs: Program[] = []
  afterEach(async () => {
    for (const program of programs.splice(0)) await program.close()
  })

  it('is not given after a change by another replica', async () => {
    const file = { ...deployment.vendors.file, writes: 'enabled', redis: deployment.section }
    const start = async () => {
      const program = await startProgram({ clock: systemClock, file, emulators: [], limits: false })
      programs.push(program)
      return program
    }
    const [writer, reader] = [await start(), await start()]
    const isStored = () => reader.log.some((line) => line['stored'])
    while (!isStored()) await reader.ask(list)
    const content = JSON.stringify(await issueAuthority(Date.now()))
    const input = (name: string) => `{ organizationId: "org_bluequay", name: "${name}", content: ${content} }`
    await reader.ask(list)
    const written = writer.ask(`mutation { uploadOpenAICertificate(input: ${input('Brand new')}) { __typename } }`)
    expect(await written).toEqual({
      data: { uploadOpenAICertificate: { __typename: 'UploadOpenAICertificateSuccess' } },
    })
    expect(JSON.stringify(await reader.ask(list))).toContain('Brand new')
  }, 30_000)
})
