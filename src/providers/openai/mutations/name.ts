import { InputError } from '../../../catalog/error.ts'
import { refusePrivateKey } from '../../../catalog/trust-anchor.ts'

/** A name that a certificate is to have. @throws InputError when it is blank, or holds a private key */
export function checkName(name: string): void {
  refusePrivateKey(name, 'input.name')
  if (name.trim() === '') throw new InputError('input.name: blank; expected a name')
}
