import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { download } from '../support/exported.ts'
import { hostileNames, startStackWithHostileNames } from '../support/hostile-names.ts'
import { type Stack, startStack } from '../support/stack.ts'

const require = createRequire(import.meta.url)
const schemaFolder = new URL('res/schema/', pathToFileURL(require.resolve('@cyclonedx/cyclonedx-library/package.json')))
const readSchema = (name: string) =>
  JSON.parse(readFileSync(new URL(`${name}.SNAPSHOT.schema.json`, schemaFolder), 'utf8'))

/** The official schema of CycloneDX 1.7, with the schemas that it refers to. */
function createValidator() {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('iri-reference', true)
  ajv.addFormat('idn-email', true)
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs'])
    ajv.addSchema(readSchema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  return ajv.compile(readSchema('bom-1.7'))
}

interface Bom {
  readonly specVersion: string
  readonly components: readonly {
    readonly 'bom-ref': string
    readonly name: string
    readonly cryptoProperties: { readonly certificateProperties: Readonly<Record<string, unknown>> }
    readonly properties: readonly { readonly name: string; readonly value: string }[]
  }[]
}

const validate = createValidator()

describe('the CycloneDX file of hostile names', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStackWithHostileNames()
  })
  afterAll(() => stack.close())

  it('is valid, and has them unchanged', async () => {
    const bom = JSON.parse((await download(stack, 'certificates.cdx.json')).text) as Bom
    validate(bom)
    expect(validate.errors).toBeNull()
    expect(new Set(bom.components.map(({ name }) => name))).toEqual(new Set(hostileNames))
  })

  it('is refused by the validator without what the specification requires', async () => {
    const bom = JSON.parse((await download(stack, 'certificates.cdx.json')).text) as Bom
    const [first] = bom.components
    const wrong = [
      { ...bom, specVersion: 1.7 },
      { ...bom, components: [{ ...first, name: undefined }] },
      { ...bom, components: [{ ...first, cryptoProperties: { assetType: 'certificates' } }] },
    ]
    for (const each of wrong) expect(validate(JSON.parse(JSON.stringify(each)))).toBe(false)
  })
})

describe('the CycloneDX file of varied certificates', () => {
  let varied: Stack
  beforeAll(async () => {
    varied = await startStack({ limits: false })
    for (const account of varied.liveperson.state.accounts) {
      const [first, second] = account.certificates
      if (first) first.deleted = true
      if (second) second.name = ''
    }
  })
  afterAll(() => varied.close())

  it('is valid, and identifies the certificates as the API does', async () => {
    const { text } = await download(varied, 'certificates.cdx.json', { includeDeleted: 'true' })
    const bom = JSON.parse(text) as Bom
    validate(bom)
    expect(validate.errors).toBeNull()
    const { data } = await varied.ask<{ certificates: { nodes: Readonly<Record<string, string | null>>[] } }>(
      `{ certificates(first: 100, filter: { includeDeleted: true }) { nodes { id serialNumber sha256Fingerprint expiresAt } } }`,
    )
    const properties = new Map(
      bom.components.map((each) => [each['bom-ref'], each.cryptoProperties.certificateProperties]),
    )
    expect(properties.size).toBe(data.certificates.nodes.length)
    for (const { id, serialNumber, sha256Fingerprint, expiresAt } of data.certificates.nodes) {
      const { fingerprint = null, ...others } = properties.get(id ?? '') ?? {}
      expect(fingerprint).toEqual(sha256Fingerprint && { alg: 'SHA-256', content: sha256Fingerprint })
      expect([others['serialNumber'] ?? null, others['notValidAfter'] ?? null]).toEqual([serialNumber, expiresAt])
      expect(others['certificateState']).toHaveLength(1)
    }
  })

  it('is the same for the same readings', async () => {
    const [first, second] = [
      await download(varied, 'certificates.cdx.json'),
      await download(varied, 'certificates.cdx.json'),
    ]
    expect(second.text).toBe(first.text)
  })

  it('makes no call for fields that the lists lack when these are not wanted', async () => {
    await download(varied, 'certificates.csv')
    varied.clock.advance(1_000)
    const before = varied.callsTo('').length
    for (const name of ['certificates.csv', 'certificates.json']) await download(varied, name)
    await download(varied, 'certificates.cdx.json', { x509: 'false' })
    expect(varied.callsTo('').length).toBe(before)
  })
})
