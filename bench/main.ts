import { benchOutage } from './outage.ts'
import { benchPages } from './pages.ts'
import { benchCompletion, benchPolling } from './rate-limit.ts'

await benchPages()
await benchPolling()
await benchOutage()
await benchCompletion()
