import { formatNumber } from '../format.ts'

const shown = 12

/** Names, the first of them at once and the others when they are opened. */
export function NameList({ names }: { readonly names: readonly string[] }) {
  const others = names.slice(shown)
  return (
    <>
      <ul class="names">
        {names.slice(0, shown).map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      {others.length === 0 ? null : (
        <details class="more">
          <summary>{formatNumber(others.length)} more</summary>
          <ul class="names">
            {others.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}
