// What turns cost by themselves: the request, the reading and `deliver` of a worker's turns, with positions in memory. No queue, no database.

import { setTimeout as wait } from 'node:timers/promises'
import { deliver, httpClient, type Lane } from '@asana-audit/core'
import { laneSource } from '@asana-audit/core/backlog'
import { token } from '../asana/page-server.ts'
import { serve } from '../ipc.ts'
import { liveHeapMb } from './live-heap.ts'
import { workspaceOf } from './tenant-server.ts'

/** The argument of the process: it has every `processes`-th tenant from `first` on. */
export interface AloneSetup {
  readonly asanaUrl: string
  readonly tenants: number
  readonly pollSeconds: number
  readonly first: number
  readonly processes: number
}

const setup = JSON.parse(process.argv[2] ?? '') as AloneSetup
const { asanaUrl, tenants, pollSeconds, first, processes } = setup
const http = httpClient()
/** As a worker: most turns at once, how often it looks for those that are due, and how much sooner a turn may come. */
const [mostAtOnce, lookMs, jitter] = [64, 500, 0.05]

interface Tenant {
  readonly number: number
  readonly lane: Lane
  dueAt: number
}

function memoryLane(): Lane {
  let cursor: string | undefined
  return {
    load: async () => cursor,
    acceptance: async () => ({ delivered: 1, rejectedSince: 0 }),
    known: async () => new Set(),
    async commit(commit) {
      cursor = commit.cursor
    },
  }
}

async function turn({ number, lane }: Tenant): Promise<void> {
  const onFact = (): void => {}
  const access = { workspace: workspaceOf(number), token, baseUrl: asanaUrl, http }
  await deliver({
    source: laneSource('live', { ...access, once: true, onFact }),
    map: ({ gid }) => gid,
    sink: { write: async () => {} },
    ...{ lane, onFact, signal: new AbortController().signal },
  })
}

serve({ heapMb: liveHeapMb })

const pollMs = pollSeconds * 1_000
const waiting: Tenant[] = []
for (let number = first; number < tenants; number += processes)
  waiting.push({ number, lane: memoryLane(), dueAt: performance.now() + Math.random() * pollMs })
for (;;) {
  const now = performance.now()
  const due = waiting.filter(({ dueAt }) => dueAt <= now)
  for (let begin = 0; begin < due.length; begin += mostAtOnce)
    await Promise.all(due.slice(begin, begin + mostAtOnce).map(turn))
  const ended = performance.now()
  for (const tenant of due) tenant.dueAt = ended + pollMs * (1 - jitter * Math.random())
  await wait(lookMs)
}
