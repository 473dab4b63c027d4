import type { Limit } from '../../upstream/rate-limit/limit.ts'

/** The resources that a call may be for. */
export type OpenAIResource = 'certificates' | 'projects' | 'contents' | 'writes'

/** OpenAI documents no rate limits of its admin API. */
export const openAILimits: readonly Limit<OpenAIResource>[] = []
