import { createHash } from 'node:crypto'
import type { Identity } from '../call/vendor-api.ts'
import type { Clock } from '../clock.ts'
import type { InvalidValues } from './invalid-values.ts'
import { SignedValues } from './signed-values.ts'

/** The version of the calls. Raise it with every change of the format: an older program must not read a newer one's data. */
const callsVersion = 1
/** The version of the signed values. Version 1 had no signatures. */
const valuesVersion = 2

/** The key that the probe of the connection uses. */
export const probeKey = `certgraph:${valuesVersion}:try`

/** The identity of what replicas keep for long: it does not change with the credentials of the vendors. */
export function keptIdentity(secret: string): Identity {
  return { parts: ['certgraph', 'kept'], secret }
}

/** The keys of one identity. All have the same hash tag, so that one script may use them in a cluster. */
export interface Keys {
  readonly values: SignedValues
  /** The key of calls. They are not signed: false ones can only delay a replica. */
  ofCalls(part: string): string
  /** The key of signed values. */
  ofValue(part: string): string
}

/** The keys of a lease. They are not signed: false ones can only delay a replica. */
export interface LeaseKeys {
  readonly holder: string
  readonly note: string
  readonly epoch: string
}

/** Creates the keys of all identities of a process. */
export class Keyring {
  readonly #clock: Clock
  readonly #invalid: InvalidValues
  /** By secret. */
  readonly #values = new Map<string, SignedValues>()

  constructor(clock: Clock, invalid: InvalidValues) {
    this.#clock = clock
    this.#invalid = invalid
  }

  leaseKeys(name: string): LeaseKeys {
    const key = `certgraph:${callsVersion}:{${digestOf(['lease', name])}}`
    return { holder: `${key}:holder`, note: `${key}:note`, epoch: `${key}:epoch` }
  }

  keysOf({ parts, secret }: Identity): Keys {
    const digest = digestOf(parts)
    const values = this.#values.get(secret) ?? new SignedValues(secret, this.#clock, this.#invalid)
    this.#values.set(secret, values)
    return {
      values,
      ofCalls: (part) => `certgraph:${callsVersion}:{${digest}}:${part}`,
      ofValue: (part) => `certgraph:${valuesVersion}:{${digest}}:${values.keyId}:${part}`,
    }
  }
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
