import { nearestWord } from '../nearest-word.ts'
import { isPrintableKey, type Mistakes } from './mistakes.ts'

/** What an emulated vendor does in place of its responses: a status, or one of these. */
export type SandboxFault = number | (typeof faultNames)[number]

/** Faults by the vendor's key in the configuration. */
export type SandboxFaults = ReadonlyMap<string, SandboxFault>

const faultNames = ['timeout', 'reset', 'malformed'] as const

const variable = 'CERTGRAPH_SANDBOX_FAULTS'
const faultExpected = `expected a status from 400 to 599, ${faultNames.join(', ')}`

/** Parses faults such as `akamai:503,liveperson:timeout`. */
export function parseSandboxFaults(
  text: string | undefined,
  vendors: readonly string[],
  mistakes: Mistakes,
): SandboxFaults {
  const faults = new Map<string, SandboxFault>()
  if (text === undefined) return faults
  for (const [index, entry] of text.split(',').entries()) {
    const addMistake = (mistake: string) => mistakes.add(`${variable}[${index}]`, mistake)
    const [vendor = '', name, ...rest] = entry.split(':').map((part) => part.trim().toLowerCase())
    const fault = toFault(name ?? '')
    if (!vendors.includes(vendor)) addMistake(explainVendor(vendor, vendors))
    else if (fault === undefined || rest.length > 0)
      addMistake(`not a fault of the sandbox; ${faultExpected}, as in ${vendor}:503`)
    else if (faults.has(vendor)) addMistake(`a second fault of ${vendor}; expected one for each vendor`)
    else faults.set(vendor, fault)
  }
  return faults
}

function toFault(name: string): SandboxFault | undefined {
  return /^[45]\d\d$/.test(name) ? Number(name) : faultNames.find((each) => each === name)
}

function explainVendor(vendor: string, vendors: readonly string[]): string {
  const similar = isPrintableKey(vendor) ? nearestWord(vendor, vendors) : undefined
  const question = similar === undefined ? '' : ` (did you mean ${similar}?)`
  return `not a vendor; expected one of ${vendors.join(', ')}${question}`
}
