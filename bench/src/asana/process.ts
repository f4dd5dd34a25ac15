import { serve } from '../ipc.ts'
import { type AsanaSettings, startPageServer } from './page-server.ts'

const server = await startPageServer()

serve({
  url: () => server.url,
  until: () => server.until,
  set: (settings: AsanaSettings) => server.set(settings),
  stats: () => server.stats(),
  shownAt: (events: number) => Array.from({ length: events }, (_, rank) => server.shownAt(rank)),
})
