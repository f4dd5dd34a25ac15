import { statSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Outcome } from '../case.ts'
import { onProgram, stillRuns } from '../program/on-program.ts'
import type { Running } from '../program/program.ts'
import { statePath } from '../program/settings-file.ts'
import { notLinux, usageNow } from '../program/usage.ts'
import type { Servers } from '../servers.ts'

const lookMs = 200
/** The time after a request until its answer is processed. */
const settleMs = 1_000

/** A program that has caught up and waits: its resident memory and the cost of an idle poll, over the second half. */
export const rest = onProgram(async ({ one, program, servers, setup, launch }) => {
  if (notLinux) return { error: notLinux }
  const running = launch()
  const { watchMs = 0 } = one.options
  const watch = program === 'collector' ? waiting(running, watchMs) : polling(running)
  return await Promise.race([watch, stillRuns(running)])

  async function polling({ pid }: Running): Promise<Outcome> {
    while ((await servers.stats()).receiver.arrived < one.events) await wait(lookMs)
    await wait(watchMs / 2)
    const first = await nextRequest(servers)
    await wait(settleMs)
    const before = usageNow(pid)
    const state = program === 'run' ? watchedState(setup.folder) : undefined
    await wait(watchMs / 2)
    const last = await nextRequest(servers)
    await wait(settleMs)
    const after = usageNow(pid)
    const polls = last.requests - first.requests
    const minutes = (last.at - first.at) / 60_000
    return {
      figures: {
        residentMb: after.residentMb,
        ownMb: after.ownMb,
        pollCpuMs: (after.cpuMs - before.cpuMs) / polls,
        requestsPerHour: (polls / minutes) * 60,
        ...(state && { writesPerMinute: state.perMinute(minutes) }),
      },
    }
  }
})

async function waiting({ pid }: Running, watchMs: number): Promise<Outcome> {
  await wait(watchMs)
  const { residentMb, ownMb } = usageNow(pid)
  return { figures: { residentMb, ownMb } }
}

/** Waits for the next request, so that a measured period begins and ends with one. */
async function nextRequest(servers: Servers): Promise<{ requests: number; at: number }> {
  const seen = (await servers.stats()).asana.requests
  for (;;) {
    await wait(lookMs)
    const { requests } = (await servers.stats()).asana
    if (requests > seen) return { requests, at: performance.now() }
  }
}

/**
 * How often the files of a state change. Changes between two checks count once. The time from the first change to the last one counts: how
 * many fall into a period depends on when it begins.
 */
function watchedState(folder: string): { perMinute(watchedMinutes: number): number } {
  const files = ['', '-wal'].map((suffix) => statePath(folder) + suffix)
  const look = (): string => files.map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs).join()
  const changedAt: number[] = []
  let seen = look()
  const timer = setInterval(() => {
    const now = look()
    if (now !== seen) changedAt.push(performance.now())
    seen = now
  }, lookMs)
  return {
    perMinute(watchedMinutes) {
      clearInterval(timer)
      const [first, last] = [changedAt[0], changedAt.at(-1)]
      if (first === undefined || last === undefined || first === last)
        return changedAt.length / watchedMinutes
      return ((changedAt.length - 1) / (last - first)) * 60_000
    },
  }
}
