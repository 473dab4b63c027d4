import { describe, expect, it } from '@jest/globals'
import { commands } from '../../src/cli/commands.ts'
import { runCommand } from '../support/command-line.ts'

describe('the command line', () => {
  it.each(commands.map(({ name, options }) => [name, Object.keys(options)] as const))(
    'describes %s with its options and examples',
    async (name, options) => {
      const help = await runCommand([...name.split(' '), '--help'])
      expect([help.code, help.stderr]).toEqual([0, ''])
      for (const option of options) expect(help.stdout).toContain(`--${option}`)
      expect(help.stdout).toMatch(/\nExamples:\n {2}certgraph/)
      expect(Math.max(...help.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
      expect(await runCommand(['help', ...name.split(' ')])).toEqual(help)
      expect(await runCommand([...name.split(' '), '-h'])).toEqual(help)
    },
  )

  it('lists every command in its own help', async () => {
    const { code, stdout } = await runCommand(['--help'])
    expect(code).toBe(0)
    for (const { name } of commands) expect(stdout).toMatch(new RegExp(`^ {2}certgraph ${name}\\b`, 'm'))
    expect(await runCommand(['help'])).toEqual({ code, stdout, stderr: '' })
  })

  it.each([
    [['shcema'], 'unknown command shcema, did you mean schema?'],
    [['frobnicate'], 'unknown command frobnicate; expected one of serve, '],
    [['--prot', '4001'], 'unknown option --prot, did you mean --port?; expected one of --port, '],
    [['serve', '-p', '4001'], 'unknown option -p; expected one of --port, '],
    [['serve', '--port'], '--port has no value; expected --port number'],
    [['serve', '--port', '--host', '::1'], '--port has no value; expected --port number'],
    [['serve', '--port=1', '--port=2'], '--port is given twice; expected it once'],
    [['serve', 'here'], 'unexpected argument here; expected certgraph serve with its options'],
    [['schema', '--sorted'], 'unknown option --sorted; expected no option of schema'],
    [['serve', '--__proto__'], 'unknown option --__proto__; expected one of '],
    [['--verison'], 'unknown option --verison, did you mean --version?; expected one of --port, '],
    [['serve', '--verison'], 'unknown option --verison; expected one of --port, --host, --config\n'],
    [['--config=x', 'config', 'check'], 'options follow the command; expected certgraph config check [options]'],
    [['--port', '1', 'key', 'name'], 'options follow the command; expected certgraph key [options]'],
    [['--config', 'check', 'here'], 'unexpected argument here; expected certgraph serve with its options'],
    [['key', 'x|y'], 'the name of the key is not valid; expected 1 to 64 letters, '],
    [['key', ''], 'the name of the key is empty; expected 1 to 64 letters, '],
    [['--version', '--long'], '--version has other words beside it; expected certgraph --version'],
  ])('names what is wrong with %j, and what would be right', async (words, message) => {
    const { code, stdout, stderr } = await runCommand(words)
    expect(stderr).toContain(`certgraph: ${message}`)
    expect([code, stdout, stderr.match(/\n/g)]).toEqual([1, '', ['\n']])
  })

  it('prints no word that may be a secret', async () => {
    for (const words of [
      ['cg_secretsecret'],
      ['cgf_secretsecret'],
      ['serve', 'x'.repeat(41)],
      ['serve', '--token=hush'],
      ['serve', '--cg_hush'],
    ]) {
      const { code, stderr } = await runCommand(words)
      expect([code, /secret|hush|xxx/.test(stderr)]).toEqual([1, false])
    }
  })

  it.each([
    ['state', ['state info', 'state clear']],
    ['config', ['config check', 'config print']],
    ['notify', ['notify test']],
  ])('describes the commands that begin with one word: %s', async (word, names) => {
    for (const words of [
      [word, '--help'],
      [word, '-h'],
      ['help', word],
    ]) {
      const { code, stdout, stderr } = await runCommand(words)
      expect([code, stderr]).toEqual([0, ''])
      const shown = [...stdout.matchAll(/^ {2}certgraph (\w+ \w+) /gm)].map(([, name]) => name)
      expect(shown).toEqual(names)
    }
    expect((await runCommand([word])).code).toBe(1)
    expect((await runCommand([word, 'other', '--help'])).stderr).toContain(`unknown command ${word} other`)
  })

  it('names the option, not the variable, when the value of an option is invalid', async () => {
    const { code, stderr } = await runCommand(['serve', '--port', 'http', '--host', ''], { env: { PORT: '80' } })
    expect([code, stderr]).toEqual([1, expect.stringContaining('--host has no value')])
    const address = await runCommand(['serve', '--host', '300.1.1.1'])
    expect(address.stderr).toContain('  --host: not valid; expected an IP address or a host name')
    const invalid = await runCommand(['serve', '--port', 'http'], { env: { PORT: '80', HOST: 'no host' } })
    expect(invalid.stderr).toContain('  --port: ')
    expect(invalid.stderr).toContain('  HOST: ')
  })
})
