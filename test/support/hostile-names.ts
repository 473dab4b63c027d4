import { type Stack, startStack } from './stack.ts'

/** A program would calculate a cell that begins so. */
export const formulas = [
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  ' =1',
  '\ufeff=1',
  '\u200b@a',
  '\0=1',
  '＝1',
  '＋1',
  '－1',
  '＠a',
  '\u034f=1',
  '\u115f=1',
  '\ufe0f=1',
  '\u0301=1',
  '\u2800\u3164\u00a0\u{e0100}=1',
  '﹦1',
  '⁺1',
  '=cmd|" /C calc"!A0',
  '-3',
]
const texts = [
  'plain',
  'with "quotes"',
  '"',
  'a,b',
  'a;b',
  'a\nb',
  'a\r\nb',
  'a\rb',
  'harmless\n=cmd|/c calc!A0',
  'harmless\r=1+1',
  'harmless\r\n=1+1',
  'ends\n',
  'ends\r',
  ' spaces ',
  'a=1',
  '3',
  'Ünïcödé 证书 🔐',
  '\u202efdp.exe',
  'é',
  '<script>',
  "'quoted'",
  '%00',
  '__proto__',
  'id',
]
const controls = ['a\0b', 'a\u001b[31mb', 'a\u007fb', 'a\u0085b']
export const hostileNames = [...texts, ...formulas, ...controls]

/** One organization whose certificates have these names. The first one expired 400 days ago. Their owner is a formula, too. */
export async function startStackWithHostileNames(): Promise<Stack> {
  const stack = await startStack({
    limits: false,
    scale: {
      openai: { organizations: 1, certificatesPerOrganization: hostileNames.length, projectsPerOrganization: 0 },
    },
    configure: ({ openai }) => ({ openai, owners: [{ match: {}, owner: '=owner', contact: '@on-call' }] }),
  })
  const [organization] = stack.openai.state.organizations
  for (const [index, certificate] of (organization?.certificates ?? []).entries()) {
    certificate.name = hostileNames[index] ?? null
    if (index === 0) certificate.expiresAt = (stack.clock.now() - 400 * 86_400_000) / 1000
  }
  return stack
}
