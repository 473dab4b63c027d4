/** Icons of 16 by 16, drawn for this page. */
const paths = {
  expired: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5zM5.75 5.75l4.5 4.5M10.25 5.75l-4.5 4.5',
  critical: 'M8 2L14.5 13.5H1.5zM8 6.5v3M8 11.6v.1',
  warning: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5zM8 4.5V8l2.25 1.5',
  unknown:
    'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5zM6.1 6.2c.2-2.6 4-2.3 3.8.1C9.8 7.6 8 7.6 8 9M8 11.3v.1',
  ok: 'M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5zM5.25 8.25l2 2l3.5-4',
  check: 'M3.5 8.5l3 3l6-7',
  close: 'M4 4l8 8M12 4l-8 8',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 0 0 0-9zM10.25 10.25L13.5 13.5',
  down: 'M4.5 6.5L8 10l3.5-3.5',
  up: 'M4.5 9.5L8 6l3.5 3.5',
  left: 'M9.5 4.5L6 8l3.5 3.5',
  right: 'M6.5 4.5L10 8l-3.5 3.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  download: 'M8 2.5v7.5M4.75 7L8 10.25L11.25 7M2.5 13.5h11',
  sun: 'M8 5.25a2.75 2.75 0 1 0 0 5.5a2.75 2.75 0 0 0 0-5.5zM8 1.25v1.25M8 13.5v1.25M1.25 8H2.5M13.5 8h1.25M3.2 3.2l.9.9M11.9 11.9l.9.9M12.8 3.2l-.9.9M4.1 11.9l-.9.9',
  moon: 'M13.5 9.75A6 6 0 0 1 6.25 2.5a5.75 5.75 0 1 0 7.25 7.25z',
  offline: 'M2 6.2c3.4-3 8.6-3 12 0M4.4 8.8c2.1-1.8 5.1-1.8 7.2 0M8 12v.1M2.5 2.5l11 11',
  shield: 'M8 1.75l5.25 2v3.75c0 3.2-2.2 5.7-5.25 6.75c-3.05-1.05-5.25-3.55-5.25-6.75V3.75z',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  renew: 'M13 8a5 5 0 1 1-1.6-3.7L13 5.5M13 2.5v3h-3',
  external: 'M6.5 3.5h-3v9h9v-3M9.5 2.5h4v4M13.5 2.5L7.5 8.5',
  user: 'M8 2.5a2.75 2.75 0 1 0 0 5.5a2.75 2.75 0 0 0 0-5.5zM2.75 13.5c.6-4 9.9-4 10.5 0',
} as const

export type IconName = keyof typeof paths

/** Decoration: the words beside it say the same. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
