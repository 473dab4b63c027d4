import { describe, expect, it } from '@jest/globals'
import { toCertificateName, toShortText } from '../../web/certificate-name.ts'

describe('the name of a certificate', () => {
  const id = btoa('LivePersonCertificate:LE:12345678:4711')

  it.each([null, '', '   ', '\t\n', '\u00a0', '\u200b', '\u2060\ufeff', '\u3164', '\u2800', '\u202e\u00ad'])(
    'is the id at the vendor when it is %j, of which nothing is visible',
    (name) => {
      expect(toCertificateName(name, id)).toBe('Unnamed certificate 4711')
    },
  )

  it.each(['a', ' a\u200b', '0', '证书', '🔒'])('is %j as it is', (name) => {
    expect(toCertificateName(name, id)).toBe(name)
  })

  it('is cut in the title of the window', () => {
    expect(toShortText('x'.repeat(5_000))).toBe(`${'x'.repeat(79)}…`)
    expect(toShortText('x'.repeat(80))).toBe('x'.repeat(80))
  })
})
