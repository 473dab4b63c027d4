import { parseX509 } from '../../src/catalog/x509.ts'
import type { OpenAISandboxState } from '../../src/providers/openai/sandbox/state.ts'

type EmulatedCertificate = OpenAISandboxState['organizations'][number]['certificates'][number]

const seconds = (time: number | null) => time && Math.floor(time / 1000)

/** Gives a certificate of the emulator another content, and its lists the dates of this content. */
export function replaceContent(certificate: EmulatedCertificate, pem: string): void {
  const { validFrom, expiresAt } = parseX509(pem)
  Object.assign(certificate, { pem, validAt: seconds(validFrom), expiresAt: seconds(expiresAt) })
}
