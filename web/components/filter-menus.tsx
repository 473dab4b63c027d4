import { type Condition, type Conditions, toggleEntry, withoutCondition } from '../certificate-query.ts'
import { formatDuration } from '../format.ts'
import type { OwnerOptionsQuery, PlaceOptionsQuery } from '../generated/graphql.ts'
import { expiryStatuses, toPlaceName, toVendorName } from '../vocabulary.ts'
import { Menu } from './menu.tsx'
import { Options } from './options.tsx'
import { uncoveredWithin } from './tiles.tsx'

/** What the menus offer. Undefined while it is loaded; null when that failed. */
export interface FilterOptions {
  readonly places: PlaceOptionsQuery['certificateStatistics'] | undefined
  readonly owners: OwnerOptionsQuery['certificateStatistics'] | undefined
}

/** A menu whose options are loaded when it is opened. */
export type LoadedMenu = keyof FilterOptions

interface FilterMenusProps {
  readonly conditions: Conditions
  readonly onChange: (conditions: Conditions) => void
  readonly options: FilterOptions
  readonly onOpen: (menu: LoadedMenu) => void
}

const periods = ['P7D', 'P14D', 'P30D', 'P60D', 'P90D']

/** The conditions that are used often. Each menu shows how many of its entries are chosen. */
export function FilterMenus({ conditions, onChange, options: { places, owners }, onOpen }: FilterMenusProps) {
  const toggle = (name: Condition) => (entry: string) => onChange(toggleEntry(conditions, name, entry))
  const set = (name: Condition, value: string | boolean | undefined) =>
    onChange(value === undefined ? withoutCondition(conditions, name) : { ...conditions, [name]: value })
  const label = (text: string, name: Condition) => {
    const { [name]: value } = conditions
    const count = Array.isArray(value) ? value.length : value === undefined ? 0 : 1
    return count === 0 ? text : `${text} · ${count}`
  }
  const flag = (name: Condition, value: string | boolean, text: string) => ({
    value: name + value,
    text,
    isChosen: conditions[name] === value,
    onToggle: () => set(name, conditions[name] === value ? undefined : value),
  })
  return (
    <>
      <Menu label={label('Status', 'expiryStatuses')}>
        <Options
          legend="Status"
          name="expiryStatuses"
          conditions={conditions}
          onToggle={toggle('expiryStatuses')}
          options={Object.entries(expiryStatuses).map(([value, { word }]) => ({ value, text: word }))}
        />
      </Menu>
      <Menu label={label('Vendor', 'providers')} onOpen={() => onOpen('owners')}>
        <Options
          legend="Vendor"
          name="providers"
          conditions={conditions}
          onToggle={toggle('providers')}
          options={owners?.byProvider.map(({ key, count }) => ({ value: key, text: toVendorName(key), count }))}
          hasFailed={owners === null}
        />
      </Menu>
      <Menu label={label('Place', 'placeIds')} onOpen={() => onOpen('places')}>
        <Options
          legend="Place"
          name="placeIds"
          conditions={conditions}
          onToggle={toggle('placeIds')}
          options={places?.byPlace.map(({ key, count }) => ({
            value: idIn(conditions, key),
            text: toPlaceName(key),
            count,
          }))}
          hasFailed={places === null}
        />
      </Menu>
      <Menu
        label={label('Owner', conditions.unowned === undefined ? 'owners' : 'unowned')}
        onOpen={() => onOpen('owners')}
      >
        <Options
          legend="Owner"
          name="owners"
          conditions={conditions}
          onToggle={toggle('owners')}
          options={owners?.byOwner.flatMap(({ key, count }) =>
            key === null ? [] : [{ value: key.name, text: key.name, count }],
          )}
          hasFailed={owners === null}
          flags={[flag('unowned', true, 'Without an owner')]}
        />
      </Menu>
      <Menu label={label('Expires', 'expiresWithin')}>
        <Options
          legend="Expires within"
          flags={periods.map((period) => flag('expiresWithin', period, formatDuration(period)))}
        />
      </Menu>
      <Menu label="More">
        <Options
          legend="Other conditions"
          flags={[
            flag(
              'expiringUncovered',
              uncoveredWithin,
              `No replacement, expires within ${formatDuration(uncoveredWithin)}`,
            ),
            flag('active', true, 'In force or unknown'),
            flag('active', false, 'Not in force'),
            flag('includeDeleted', true, 'Deleted ones included'),
          ]}
        />
      </Menu>
    </>
  )
}

/** The id of a place as the conditions have it: a link may have the vendor's own id. */
function idIn({ placeIds }: Conditions, { id, vendorId }: { readonly id: string; readonly vendorId: string }): string {
  return Array.isArray(placeIds) && placeIds.includes(vendorId) ? vendorId : id
}
