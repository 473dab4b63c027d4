import { describe, expect, it } from '@jest/globals'
import { readElement, readMembers, readObjectIdentifier, readOctets } from '../../src/catalog/x509/der.ts'
import { der, oid } from '../support/build-certificate.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const read = (hex: string) => readElement(bytes(hex))

describe('readElement', () => {
  it.each([
    ['a short length', '0203010203', '010203'],
    ['a long length', `0481${'80'}${'00'.repeat(128)}`, '00'.repeat(128)],
    ['a longer length', `048200${'80'}${'00'.repeat(128)}`, '00'.repeat(128)],
    ['a length with leading zero bytes', '0486000000000001ff', 'ff'],
    ['no content', '0500', ''],
    ['an indefinite length', '3080020101020102' + '0000', '020101020102'],
    ['an indefinite length in another one', '30803080020101000005000000', '308002010100000500'],
    ['a tag number above 30', '9f8101020102', '0102'],
  ])('reads %s', (_, hex, content) => {
    const { encoded, ...element } = read(`${hex}ffff`)
    expect(element.content.toString('hex')).toBe(content)
    expect(encoded.toString('hex')).toBe(hex)
  })

  it.each(['', '30', '3005', '308005', '3085ffffffffff', '0480', '30830000', '9f81', '9f80'])('rejects %s', (hex) => {
    expect(() => read(hex)).toThrow()
  })

  it('rejects what is nested very deep, without exhausting the stack', () => {
    expect(() => read('3080'.repeat(50_000))).toThrow('nested too deep')
  })

  it('separates the class and the number of a tag from the constructed form', () => {
    expect(read('a000')).toMatchObject({ tag: 0x80, isConstructed: true })
    expect(read('8000')).toMatchObject({ tag: 0x80, isConstructed: false })
  })
})

describe('readMembers', () => {
  it('returns the elements of a constructed element', () => {
    expect(readMembers(read('3006020101020102')).map(({ content }) => content.toString('hex'))).toEqual(['01', '02'])
    expect(readMembers(read('3000'))).toEqual([])
  })

  it.each(['020101', '30020201', '300102'])('rejects %s', (hex) => {
    expect(() => readMembers(read(hex))).toThrow()
  })
})

describe('readOctets', () => {
  it('joins the pieces of a string', () => {
    expect(readOctets(read('240a0402010224040402030f')).toString('hex')).toBe('0102030f')
    expect(readOctets(read('04020102')).toString('hex')).toBe('0102')
  })

  it('rejects pieces that are nested very deep', () => {
    const nested = (depth: number): Buffer => (depth === 0 ? der(0x04, '01') : der(0x24, nested(depth - 1)))
    expect(readOctets(readElement(nested(5))).toString('hex')).toBe('01')
    expect(() => readOctets(readElement(nested(6)))).toThrow('nested too deep')
  })
})

describe('readObjectIdentifier', () => {
  it.each(['0.9.2342', '1.2.840.113549', '1.39.1', '2.5.4.3', '2.39', '2.40', '2.999.3', `2.25.${2n ** 128n - 1n}`])(
    'reads %s',
    (dotted) => {
      expect(readObjectIdentifier(readElement(oid(dotted)))).toBe(dotted)
    },
  )

  it.each(['0600', '060180', '06022a80', '020101'])('rejects %s', (hex) => {
    expect(() => readObjectIdentifier(read(hex))).toThrow()
  })

  it('rejects one that is very long, without reading its arcs', () => {
    const content = Buffer.concat([Buffer.alloc(60_000, 0x81), Buffer.from([1])])
    expect(() => readObjectIdentifier(readElement(der(6, content)))).toThrow('an object identifier of 60001 bytes')
  })
})
