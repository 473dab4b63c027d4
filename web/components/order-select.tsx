import type { Order } from '../certificate-query.ts'
import { Icon } from './icon.tsx'

const orders: readonly (readonly [string, string])[] = [
  ['EXPIRES_AT ASC', 'Soonest expiry'],
  ['EXPIRES_AT DESC', 'Latest expiry'],
  ['NAME ASC', 'Name, A to Z'],
  ['NAME DESC', 'Name, Z to A'],
  ['PLACE ASC', 'Place, A to Z'],
  ['PLACE DESC', 'Place, Z to A'],
  ['CREATED_AT DESC', 'Newest upload'],
  ['CREATED_AT ASC', 'Oldest upload'],
]

interface OrderSelectProps {
  readonly order: Order
  readonly onChange: (order: Order) => void
}

/** Orders the list, also where the heads of the columns are hidden. */
export function OrderSelect({ order, onChange }: OrderSelectProps) {
  return (
    <label class="order">
      <span class="muted">Order</span>
      <span class="select">
        <select
          class="button"
          value={`${order.field} ${order.direction}`}
          onChange={({ currentTarget }) => {
            const [field, direction] = currentTarget.value.split(' ')
            onChange({ field, direction } as Order)
          }}
        >
          {orders.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
        <Icon name="down" />
      </span>
    </label>
  )
}
