import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { validate } from 'dockerfile-utils'
import { parseDockerfile } from '../../scripts/dockerfile.ts'

const text = readFileSync('Dockerfile', 'utf8')
const stages = parseDockerfile(text)
const image = stages.at(-1)

describe('the Dockerfile', () => {
  it('has no mistake', () => {
    expect(validate(text).map(({ message }) => message)).toEqual([])
    expect(validate(`${text}\nCOPY a b c\n`)).not.toEqual([])
  })

  it('has the same version of Node.js in both stages', () => {
    expect(stages).toHaveLength(2)
    const versions = stages.map(({ image }) => /node(?:js|:)(\d+)/.exec(image)?.[1])
    expect(versions[0]).toBe(versions[1])
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } }
    expect(engines.node).toBe('>=20.19.0')
    expect(Number(versions[0])).toBeGreaterThan(20)
  })

  it('ends with an image without a shell, in which nothing is executed', () => {
    expect(image?.image).toMatch(/^gcr\.io\/distroless\/nodejs\d+-debian\d+:nonroot$/)
    expect(image?.steps.filter(({ kind }) => kind === 'run')).toEqual([])
  })

  it('starts node as a user by number, because Kubernetes cannot check a name', () => {
    expect(image?.command).toEqual(['node', 'dist/main.js'])
    expect(image?.entrypoint).toEqual([])
    expect(image?.user).toBe('65532:65532')
    expect(image?.healthcheck?.[0]).toBe('node')
    expect(image?.ports).toEqual(['4000'])
  })

  it('never starts the sandbox, and listens on all addresses', () => {
    expect(image?.env).toMatchObject({ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: '4000' })
  })

  it('copies only files that .dockerignore lets through, and no secrets can be among them', () => {
    const [first, ...allowed] = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(first).toBe('*')
    const copied = stages.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'copy' && step.from === null ? step.sources : [])),
    )
    expect(allowed.map((line) => line.replace(/^!/, '')).sort()).toEqual([...new Set(copied)].sort())
  })
})

describe('reading a Dockerfile', () => {
  it('refuses what the check of the image would not run', () => {
    expect(() => parseDockerfile('FROM a\nADD b c')).toThrow('unexpected instruction ADD')
    expect(() => parseDockerfile('FROM a\nCMD node main.js')).toThrow('CMD node main.js: expected an array of words')
    expect(() => parseDockerfile('RUN true')).toThrow('expected FROM before all other instructions')
  })

  it('keeps the flags of COPY, and the order of steps', () => {
    const [stage] = parseDockerfile('FROM a AS b\nWORKDIR /c\nCOPY --from=d --chown=1:2 e f g/\nRUN h \\\n  && i\n')
    expect(stage).toMatchObject({
      name: 'b',
      image: 'a',
      steps: [
        { kind: 'workdir', path: '/c' },
        { kind: 'copy', from: 'd', owner: '1:2', sources: ['e', 'f'], target: 'g/' },
        { kind: 'run', command: 'h   && i' },
      ],
    })
  })
})
