// One round of one case in its own process: it warms up, waits for the start, measures and reports.

import { warmUpWorkspace, workspace } from './asana/page-server.ts'
import type { Own } from './case.ts'
import { notLinux, usageNow } from './program/usage.ts'
import type { Setup, Variant } from './variant.ts'

/** The argument of the process. */
export interface Assignment extends Setup {
  readonly variant: string
  readonly events: number
  readonly warmUp: number
  readonly heapAt: readonly number[]
}

export type Message = { readonly type: 'warm' } | { readonly type: 'done'; readonly own: Own }

const assignment = JSON.parse(process.argv[2] ?? '{}') as Assignment

// Without its parent nobody reads the result.
process.on('disconnect', () => process.exit())

const { variant } = (await import(`./variants/${assignment.variant}.ts`)) as { variant: Variant }
const work = variant(assignment)

if (assignment.warmUp > 0) {
  const part = { workspace: warmUpWorkspace, events: assignment.warmUp, onEvents: () => {} }
  work.prepare?.(part)
  await work.run(part)
}

/** Memory of running work comes and goes, so the least of several samples is what remains. */
const looksAtHeap = 10
const looks: number[] = []
const heapMb: number[] = []
let counted = 0
const part = {
  workspace,
  events: assignment.events,
  onEvents(events: number): void {
    counted += events
    const next = assignment.heapAt[heapMb.length]
    if (next === undefined || counted < next) return
    looks.push(liveHeapMb())
    if (looks.length === looksAtHeap) heapMb.push(Math.min(...looks.splice(0)))
  },
}
work.prepare?.(part)
globalThis.gc?.()
await new Promise<void>((resolve) => {
  process.once('message', () => resolve())
  tell({ type: 'warm' })
})

const cpu = process.cpuUsage()
const started = performance.now()
const { events, setAside = [] } = await work.run(part)
const wallMs = performance.now() - started
const used = process.cpuUsage(cpu)
const own: Own = {
  events,
  setAside,
  wallMs,
  cpuMs: (used.user + used.system) / 1000,
  // Linux begins `maxRSS` with that of the process that started this one.
  peakMb: notLinux ? process.resourceUsage().maxRSS / 1024 : usageNow(process.pid).peakMb,
  heapMb,
}
// Resources that a variant left open must not keep the process alive.
process.send?.({ type: 'done', own } satisfies Message, () => process.exit())

function tell(message: Message): void {
  process.send?.(message)
}

/** Collects twice, because objects that the first collection frees may have held others. */
function liveHeapMb(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}
