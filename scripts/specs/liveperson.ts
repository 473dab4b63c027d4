import { startLivePersonSandbox } from '../../src/providers/liveperson/sandbox.ts'
import type { Check } from './check.ts'
import { report } from './report.ts'

export async function checkLivePerson(check: Check): Promise<void> {
  const { config, emulator, state, close } = await startLivePersonSandbox({ now: Date.now, limits: false })
  for (const { id, certificates, tokens } of state.accounts) {
    tokens.push({ value: 'checked', expiresAt: null })
    const read = (path: string, pattern: string) =>
      check(
        path,
        'liveperson',
        pattern,
        200,
        fetch(config.domainApiUrl + path, { headers: { authorization: 'Bearer checked' } }),
      )
    const list = `/mtls/account/${id}/certificates`
    await read(list, '/mtls/account/{accountId}/certificates')
    for (const certificate of certificates) {
      await read(`${list}/${certificate.id}`, '/mtls/account/{accountId}/certificates/{certificateId}')
    }
  }
  report('liveperson no unknown route', emulator.unknown.length > 0 ? 'called one' : undefined)
  await close()
}
