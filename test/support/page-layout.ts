import type { Page } from 'playwright-core'

interface Layout {
  /** Pixels by which the document is wider than the window. */
  readonly excess: number
  /** The elements with text that is outside of the window or of a box that hides it, without a way to scroll to it. */
  readonly cut: readonly string[]
}

/** Looks for text that a reader cannot get into view. */
export function measureLayout(page: Page): Promise<Layout> {
  return page.evaluate(() => {
    const root = document.documentElement
    const isHidden = (element: Element) => element.closest('.hidden, .skip, [hidden], [aria-hidden="true"]') !== null
    const cut: string[] = []
    for (const element of document.body.querySelectorAll('*')) {
      const texts = [...element.childNodes].filter((node) => node.nodeType === 3 && node.textContent?.trim())
      if (texts.length === 0 || isHidden(element)) continue
      const range = document.createRange()
      range.setStartBefore(texts[0] as Node)
      range.setEndAfter(texts.at(-1) as Node)
      const text = range.getBoundingClientRect()
      if (text.width === 0) continue
      let reason = ''
      let scrolls = false
      for (let box: Element | null = element; box && box !== document.body; box = box.parentElement) {
        const { overflowX, clipPath, textOverflow } = getComputedStyle(box)
        if (clipPath !== 'none') scrolls = true
        if (overflowX === 'visible') continue
        const { left, right } = box.getBoundingClientRect()
        if (overflowX === 'auto' || overflowX === 'scroll') scrolls = true
        // What an ellipsis stands for is in the tooltip.
        else if (!scrolls && text.right > right + 1 && !(textOverflow === 'ellipsis' && box.closest('[title]')))
          reason ||= `wider than ${box.tagName.toLowerCase()}.${box.className}`
        if (scrolls && text.left < left && overflowX !== 'hidden') continue
      }
      if (!scrolls && (text.right > root.clientWidth + 1 || text.left < -1)) reason ||= 'outside of the window'
      if (reason)
        cut.push(
          `${element.tagName.toLowerCase()}.${element.className} “${element.textContent?.slice(0, 40)}”: ${reason}`,
        )
    }
    return { excess: root.scrollWidth - root.clientWidth, cut }
  })
}
