import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'

export interface Usage {
  readonly cpuMs: number
  /** Most resident memory. */
  readonly peakMb: number
}

/** Environment that makes a program of Node tell what it used when it ends, in a file of `folder`. */
export function tellingUsage(folder: string): NodeJS.ProcessEnv {
  const usage = join(folder, 'usage')
  mkdirSync(usage)
  return { BENCH_USAGE: usage, NODE_OPTIONS: `--require ${join(import.meta.dirname, 'tell-usage.cjs')}` }
}

/** The usage of a program that has ended, with the processes of Node that it started. */
export function toldUsage(folder: string): Usage {
  const usage = join(folder, 'usage')
  const told = readdirSync(usage).map((file) => JSON.parse(readFileSync(join(usage, file), 'utf8')) as Usage)
  if (told.length === 0) throw new Error('The program did not tell what it used.')
  const sum = (value: (one: Usage) => number): number => told.reduce((total, one) => total + value(one), 0)
  return { cpuMs: sum(({ cpuMs }) => cpuMs), peakMb: sum(({ peakMb }) => peakMb) }
}

/** Why a running process cannot be measured on this system. */
export const notLinux: string | undefined =
  platform() === 'linux' ? undefined : 'its use of CPU and memory can be read on Linux only'

/**
 * The usage of a running process so far, and its memory now: resident, and the part of it that no file backs, which no other process
 * shares. A tick of Linux is always a hundredth of a second.
 */
export function usageNow(pid: number): Usage & { readonly residentMb: number; readonly ownMb: number } {
  const [user = 0, system = 0] = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .split(') ')[1]!
    .split(' ')
    .slice(11, 13)
    .map(Number)
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024
  return {
    cpuMs: (user + system) * 10,
    peakMb: megabytes('VmHWM'),
    residentMb: megabytes('VmRSS'),
    ownMb: megabytes('RssAnon'),
  }
}
