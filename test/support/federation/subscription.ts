import { blocksOf, pageAt } from '../documentation.ts'

/** The definition that docs/federation.md adds to the published schema, for gateways that execute subscriptions. */
export const subscriptionSdl: string = (() => {
  const blocks = blocksOf(pageAt('docs/federation.md'))
  const block = blocks.find(({ language, text }) => language === 'graphql' && text.includes('type Subscription'))
  if (!block) throw new Error('docs/federation.md has no definition of Subscription')
  return block.text
})()
