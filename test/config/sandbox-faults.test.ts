import { describe, expect, it } from '@jest/globals'
import { load, minimalFile, mistakesOf, parse } from '../support/config-parts.ts'
import { createFolder } from '../support/folder.ts'

const faultsIn = (CERTGRAPH_SANDBOX_FAULTS: string) => load({ CERTGRAPH_SANDBOX_FAULTS }, createFolder()).sandboxFaults

describe('CERTGRAPH_SANDBOX_FAULTS', () => {
  it('gives vendors a fault each', () => {
    expect([...faultsIn('akamai:503, LivePerson:timeout,openai:malformed')]).toEqual([
      ['akamai', 503],
      ['liveperson', 'timeout'],
      ['openai', 'malformed'],
    ])
    expect([...load({}, createFolder()).sandboxFaults]).toEqual([])
  })

  it.each([
    ['akamia:503', 'not a vendor; expected one of openai, akamai, liveperson (did you mean akamai?)'],
    ['', 'not a vendor; expected one of openai, akamai, liveperson'],
    [
      'akamai',
      'not a fault of the sandbox; expected a status from 400 to 599, timeout, reset, malformed, as in akamai:503',
    ],
    [
      'akamai:200',
      'not a fault of the sandbox; expected a status from 400 to 599, timeout, reset, malformed, as in akamai:503',
    ],
    [
      'akamai:503:504',
      'not a fault of the sandbox; expected a status from 400 to 599, timeout, reset, malformed, as in akamai:503',
    ],
  ])('names what is wrong: "%s"', (text, mistake) => {
    expect(mistakesOf(() => faultsIn(text))).toEqual([`CERTGRAPH_SANDBOX_FAULTS[0]: ${mistake}`])
  })

  it('has one fault for each vendor', () => {
    expect(mistakesOf(() => faultsIn('akamai:503,akamai:429'))).toEqual([
      'CERTGRAPH_SANDBOX_FAULTS[1]: a second fault of akamai; expected one for each vendor',
    ])
  })

  it('is reported as not used outside the sandbox', () => {
    expect(parse(minimalFile, { CERTGRAPH_SANDBOX_FAULTS: 'x' }).source.ignoredVariables).toEqual([
      'CERTGRAPH_SANDBOX_FAULTS',
    ])
  })
})
