import { useState } from 'preact/hooks'
import type { Condition, Conditions } from '../certificate-query.ts'
import { formatNumber } from '../format.ts'

interface Option {
  readonly value: string
  readonly text: string
  readonly count?: number
}

interface Flag {
  readonly value: string
  readonly text: string
  readonly isChosen: boolean
  readonly onToggle: () => void
}

interface OptionsProps {
  readonly legend: string
  /** Conditions that are on or off. */
  readonly flags?: readonly Flag[]
  /** The condition that `options` are entries of. */
  readonly name?: Condition
  readonly conditions?: Conditions
  readonly options?: readonly Option[] | undefined
  readonly onToggle?: (value: string) => void
  readonly hasFailed?: boolean
}

/** More options than these have a field to find one, and only as many are shown. */
const shown = 50
const few = 12

/** The options of a filter. */
export function Options({ legend, flags = [], name, conditions, options, onToggle, hasFailed = false }: OptionsProps) {
  const [text, setText] = useState('')
  const value = name === undefined ? undefined : conditions?.[name]
  const chosen: readonly string[] = Array.isArray(value) ? value : []
  const found = options?.filter((option) => option.text.toLowerCase().includes(text.trim().toLowerCase())) ?? []
  return (
    <fieldset>
      <legend class="hidden">{legend}</legend>
      {flags.map((flag) => (
        <Choice key={flag.value} {...flag} />
      ))}
      {name !== undefined && options === undefined ? (
        <p class="option muted">{hasFailed ? 'The options could not be loaded.' : 'Loading…'}</p>
      ) : null}
      {options !== undefined && options.length > few ? (
        <label class="field">
          <span class="hidden">Find an option</span>
          <input
            type="text"
            value={text}
            placeholder="Find"
            autocomplete="off"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
      ) : null}
      {found.slice(0, shown).map((option) => (
        <Choice
          key={option.value}
          {...option}
          isChosen={chosen.includes(option.value)}
          onToggle={() => onToggle?.(option.value)}
        />
      ))}
      {found.length > shown ? (
        <p class="option muted">{formatNumber(found.length - shown)} more; type to find one</p>
      ) : null}
    </fieldset>
  )
}

function Choice({ text, count, isChosen, onToggle }: Flag & Pick<Option, 'count'>) {
  return (
    <label class="option">
      <input type="checkbox" checked={isChosen} onChange={onToggle} />
      {text}
      {count === undefined ? null : <span class="count">{formatNumber(count)}</span>}
    </label>
  )
}
