import { describe, expect, it } from '@jest/globals'
import { parseNameAttributes } from '../../src/catalog/name-attributes.ts'

describe('the attributes of a distinguished name', () => {
  it.each([
    ['CN=quotes.example,O=Acme,C=SE', { CN: 'quotes.example', O: 'Acme', C: 'SE' }],
    ['cn=a, st=B', { CN: 'a', ST: 'B' }],
    ['CN=Acme\\, Inc.+OU=x\\+y,O=a=b', { CN: 'Acme, Inc.', OU: 'x+y', O: 'a=b' }],
    ['CN=Z\\C3\\BCrich\\00', { CN: 'Zürich\0' }],
    ['', {}],
    ['no attribute', {}],
    ['CN=ends with \\', { CN: 'ends with \\' }],
  ])('are read from %j', (name, attributes) => {
    expect(Object.fromEntries(parseNameAttributes(name))).toEqual(attributes)
  })

  it('are the most specific CN and the most general OU', () => {
    const attributes = parseNameAttributes('CN=leaf,CN=group,OU=team,OU=company')
    expect(Object.fromEntries(attributes)).toEqual({ CN: 'leaf', OU: 'company' })
  })
})
