import { refusePrivateKey } from '../../../catalog/trust-anchor.ts'
import { InputError } from '../../../input-error.ts'

/** A name that a certificate is to have. @throws InputError when it is blank, or holds a private key */
export function checkName(name: string): void {
  refusePrivateKey(name, 'input.name')
  if (name.trim() === '') throw new InputError('input.name: blank; expected a name')
}
