import { toCertificateName, toVisibleName } from '../certificate-name.ts'
import { toCertificatePath } from '../routes.ts'

interface CertificateLinkProps {
  readonly id: string
  readonly name: string | null
}

/** The name of a certificate, which leads to its page. A long one is cut, and whole in the tooltip. */
export const CertificateLink = ({ id, name }: CertificateLinkProps) => (
  <a class="name" title={toVisibleName(name) ?? undefined} href={toCertificatePath(id)}>
    {toCertificateName(name, id)}
  </a>
)
