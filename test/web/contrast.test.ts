import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'

const css = readFileSync('web/styles/tokens.css', 'utf8')
const themes = ['light', 'dark'] as const
type Theme = (typeof themes)[number]

/** The colors of tokens.css by their names, in both themes. */
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\);/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
)

function colorOf(name: string, theme: Theme): string {
  const color = tokens.get(name)?.[theme]
  if (color === undefined) throw new Error(`tokens.css has no color ${name}`)
  return color
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminanceOf(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrastOf(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

const backgrounds = ['canvas', 'surface', 'raised']
const statuses = ['expired', 'critical', 'warning', 'unknown', 'ok']

describe.each(themes)('the contrast in the %s theme', (theme) => {
  const contrast = (one: string, other: string) => contrastOf(colorOf(one, theme), colorOf(other, theme))

  it.each(['text', 'muted', 'accent', ...statuses])('of %s is enough for text on every background', (name) => {
    for (const background of backgrounds) expect(contrast(name, background)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(statuses)('of %s is enough for text on its tint', (name) => {
    for (const text of [name, 'text', 'muted', 'accent'])
      expect(contrast(text, `${name}-tint`)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(['edge', 'bar', 'accent'])('of %s is enough for the parts of controls and charts', (name) => {
    for (const background of backgrounds) expect(contrast(name, background)).toBeGreaterThanOrEqual(3)
  })
})
