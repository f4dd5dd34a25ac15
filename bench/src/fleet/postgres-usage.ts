import { readdirSync, readFileSync } from 'node:fs'

/** The CPU time of PostgreSQL with all its processes so far, in milliseconds; also of those that have ended. `pid`: the first process. */
export function postgresCpuMs(pid: number): number {
  const own = times(pid)
  if (!own) throw new Error(`PostgreSQL does not run (${pid}).`)
  const running = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => times(Number(name)))
    .filter((one) => one?.parent === pid)
  return (
    own.cpuMs + own.endedMs + running.reduce((sum, one) => sum + (one?.cpuMs ?? 0) + (one?.endedMs ?? 0), 0)
  )
}

/** Undefined if the process has ended. A tick of Linux is always a hundredth of a second. */
function times(pid: number): { parent: number; cpuMs: number; endedMs: number } | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  const fields = stat
    .slice(stat.lastIndexOf(') ') + 2)
    .split(' ')
    .map(Number)
  const sum = (at: number): number => ((fields[at] ?? 0) + (fields[at + 1] ?? 0)) * 10
  return { parent: fields[1] ?? 0, cpuMs: sum(11), endedMs: sum(13) }
}
