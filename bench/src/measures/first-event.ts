import { setTimeout as wait } from 'node:timers/promises'
import { onProgram, stillRuns } from '../program/on-program.ts'
import { usageNow } from '../program/usage.ts'
import type { Servers } from '../servers.ts'

/** From the start of a program until its first event is at the receiver, on an empty state. */
export const firstEvent = onProgram(async ({ one, servers, launch }) => {
  const running = launch()
  const came = await Promise.race([firstArrival(servers, one.events), stillRuns(running)])
  return { figures: { ms: came - running.startedAt, residentMb: usageNow(running.pid).residentMb } }
})

const lookMs = 20

async function firstArrival(servers: Servers, events: number): Promise<number> {
  while ((await servers.stats()).receiver.arrived === 0) await wait(lookMs)
  const { came } = await servers.times(events)
  return Math.min(...came.filter((at) => at > 0))
}
