import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { firstGid } from './asana/event-templates.ts'
import { type AsanaSettings, token } from './asana/page-server.ts'
import type { Case, Outcome, Own, Round } from './case.ts'
import type { Assignment, Message } from './case-process.ts'
import type { ReceiverSettings } from './receiver/receiver.ts'
import type { Servers } from './servers.ts'

const usualTimeoutMs = 120_000
/** Without latency, faults and quota. */
const calmAsana = {
  latencyMs: 0,
  requestsPerMinute: null,
  gzip: true,
  density: 'uniform',
  days: 89,
  everyMs: null,
  eventBytes: 0,
} as const
const calmReceiver = { latencyMs: 0, outageMs: 0, refuseEvery: 0, refusal: 'whole', keep: false } as const

/** One round. Never rejects, because a failure or a timeout is a result too. */
export async function runCase(one: Case, servers: Servers, flags: readonly string[] = []): Promise<Outcome> {
  const { asana, receiver } = settingsOf(one)
  const { events, marker } = receiver
  await servers.set(asana, { ...calmReceiver, events, marker })
  const folder = mkdtempSync(join(tmpdir(), 'asana-audit-bench-'))
  const child = fork(
    fileURLToPath(new URL('case-process.ts', import.meta.url)),
    [JSON.stringify(assignmentOf(one, servers, folder))],
    { execArgv: [...(one.flags ?? []), ...flags], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  )
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4_000)
  })
  const timeoutMs = one.timeoutMs ?? usualTimeoutMs
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  let own: Own | undefined
  child.on('message', async (message: Message) => {
    if (message.type === 'done') own = message.own
    else {
      await servers.set(asana, receiver)
      child.send('go')
    }
  })
  await new Promise<void>((resolve) => child.once('close', () => resolve()))
  clearTimeout(timer)
  rmSync(folder, { recursive: true })
  if (!own)
    return { error: child.signalCode === 'SIGKILL' ? `not done after ${timeoutMs / 1000} s` : lastLine(said) }
  return { ...own, ...(await counted(servers, own.setAside)) }
}

export type Counted = Pick<Round, 'asana' | 'receiver' | 'lost'>

/** How the servers should behave. */
export function settingsOf({ events, warmUp, asana, receiver }: Case): {
  asana: AsanaSettings
  receiver: ReceiverSettings
} {
  return {
    asana: { ...calmAsana, ...asana, events, warmUp },
    receiver: { ...calmReceiver, marker: 'log.record.uid', ...receiver, events },
  }
}

/** The events that arrived, and those that neither arrived nor were quarantined. */
export async function counted(servers: Servers, setAside: readonly number[] = []): Promise<Counted> {
  const { asana, receiver } = await servers.stats()
  if (receiver.requests === 0) return { asana }
  const kept = new Set(setAside)
  const { missing, ...counts } = receiver
  return { asana, receiver: counts, lost: missing.filter((rank) => !kept.has(firstGid + rank)).length }
}

/** The arguments of a process. */
export function assignmentOf(
  { variant, events, warmUp, options, heapAt = [] }: Case,
  servers: Servers,
  folder: string,
): Assignment {
  return {
    ...options,
    folder,
    variant,
    events,
    warmUp,
    heapAt,
    asanaUrl: servers.asanaUrl,
    until: servers.until,
    token,
    otlpUrl: `${servers.receiverOrigin}/v1/logs`,
    hecOrigin: options.into === undefined ? servers.receiverOrigin : servers.hecOrigin,
    hecToken: '00000000-0000-4000-8000-000000000000',
  }
}

/** The message of an error, without its stack. */
function lastLine(said: string): string {
  const lines = said.split('\n').filter((line) => /^\w*Error\b|^Fault\b|\[ERR|FATAL/.test(line.trim()))
  return (lines[0] ?? said.trim().split('\n').at(-1) ?? 'ended without a message').trim().slice(0, 200)
}
