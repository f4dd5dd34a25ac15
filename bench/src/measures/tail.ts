import { setTimeout as wait } from 'node:timers/promises'
import type { Outcome } from '../case.ts'
import { onProgram, stillRuns } from '../program/on-program.ts'
import type { Servers } from '../servers.ts'

/** Events of the first seconds are not counted: the program is starting. */
const settleMs = 10_000
/** An event that has not arrived this long after the last one was shown is lost. */
const patienceMs = 30_000

/** The time from when Asana shows an event until the receiver has it, for each event as it happens. */
export const tail = onProgram(async ({ one, servers, launch }) => {
  const running = launch()
  return await Promise.race([watched(one.events, one.asana.everyMs ?? 0, servers), stillRuns(running)])
})

async function watched(events: number, everyMs: number, servers: Servers): Promise<Outcome> {
  await wait(settleMs)
  const counted = Math.ceil(settleMs / everyMs)
  const before = await servers.stats()
  const lengthMs = events * everyMs - settleMs
  await wait(lengthMs)
  const requests = (await servers.stats()).asana.requests - before.asana.requests
  const givenUp = performance.now() + patienceMs
  while ((await servers.stats()).receiver.arrived < events && performance.now() < givenUp) await wait(500)
  const { shown, came } = await servers.times(events)
  const { lost, ...delays } = delaysOf(shown.slice(counted), came.slice(counted))
  if (lost === events - counted) return { error: 'nothing arrived' }
  return { figures: { ...delays, requestsPerSecond: requests / (lengthMs / 1000) }, lost }
}

/** The delays in seconds, from the times in milliseconds at which events were shown and arrived; 0 means that one did not arrive. */
export function delaysOf(
  shown: readonly number[],
  came: readonly number[],
): { medianDelay: number; highDelay: number; mostDelay: number; lost: number } {
  const delays = shown
    .flatMap((at, place) => (came[place] ? [(came[place] - at) / 1000] : []))
    .sort((one, other) => one - other)
  const at = (share: number): number => delays[Math.ceil(delays.length * share) - 1] ?? Number.NaN
  return {
    ...{ medianDelay: at(0.5), highDelay: at(0.99), mostDelay: at(1) },
    lost: shown.length - delays.length,
  }
}
