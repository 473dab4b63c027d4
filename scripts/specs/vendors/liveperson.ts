import { startLivePersonSandbox } from '../../../src/providers/liveperson/sandbox.ts'
import { certificateShape, parseCertificates } from '../../../src/providers/liveperson/wire.ts'
import { report } from '../check.ts'
import { parseCompletely, type SpecContext, type VendorSpecs } from '../vendor-specs.ts'

export const specs: VendorSpecs = {
  documents: { liveperson: 'liveperson-mtls.reconstructed.openapi.yaml' },
  parsers: {
    '/mtls/account/{accountId}/certificates': (body) =>
      parseCompletely(parseCertificates(body), certificateShape.parse),
    '/mtls/account/{accountId}/certificates/{certificateId}': (body) => parseCompletely([body], certificateShape.parse),
  },
  examples: {
    'liveperson.mtls.certificates.list.json': '/mtls/account/{accountId}/certificates',
    'liveperson.mtls.certificates.get.json': '/mtls/account/{accountId}/certificates/{certificateId}',
  },
  check: checkReads,
}

async function checkReads({ check }: SpecContext): Promise<void> {
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
