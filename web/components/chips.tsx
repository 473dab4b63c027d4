import { type CertificateQuery, toCertificatesHref, withoutCondition } from '../certificate-query.ts'
import { type ConditionText, toConditionTexts } from '../condition-text.ts'
import { certificatesPath } from '../routes.ts'
import { Icon } from './icon.tsx'

interface ChipsProps {
  readonly query: CertificateQuery
  readonly placeLabel: (id: string) => string | undefined
}

/** The conditions of the list, those that no menu has included. Each is removed with a link. */
export function Chips({ query: { conditions, order }, placeLabel }: ChipsProps) {
  const texts = toConditionTexts(conditions, placeLabel)
  if (texts.length === 0) return null
  const hrefWithout = ({ name, entry }: ConditionText) =>
    toCertificatesHref({ conditions: withoutCondition(conditions, name, entry), order })
  return (
    <ul class="chips" aria-label="Conditions">
      {texts.map((condition) => (
        <li key={condition.name + condition.entry} class="chip">
          <span title={condition.text}>{condition.text}</span>
          <a href={hrefWithout(condition)} data-top aria-label={`Remove: ${condition.text}`}>
            <Icon name="close" />
          </a>
        </li>
      ))}
      <li>
        <a class="clear" href={certificatesPath} data-top>
          Clear all
        </a>
      </li>
    </ul>
  )
}
