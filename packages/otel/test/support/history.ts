import { setImmediate as turn } from 'node:timers/promises'
import {
  type Batch,
  type Clock,
  deliver,
  isFault,
  type Lane,
  type Sink,
  type Source,
} from '@asana-audit/core'
import { type AuditLogEvent, type AuditLogRecord, auditScope, toLogRecord } from '@asana-audit/schema'
import { type Draw, drawOf, pick } from '../../../../test/support/histories/draw.ts'
import { type LoggerProvider, loggerProviderSink, type TrackedExporter, tracked } from '../../src/index.ts'
import { type FakeExporter, fakeExporter, type Outcome } from './fake-exporter.ts'
import { type HistoryPlan, historyPlan } from './history-plan.ts'
import { eventOf, idOf } from './records.ts'
import { type Processor, type SdkLine, sdkLines } from './sdk-lines.ts'
import { withoutWaiting } from './without-waiting.ts'

/** A bug planted into the parts of a history. */
export interface Bug {
  readonly tracked?: (exporter: FakeExporter) => TrackedExporter
  readonly sink?: (provider: LoggerProvider, exporter: TrackedExporter, clock: Clock) => Sink<AuditLogRecord>
}

export interface Past {
  readonly violations: string[]
  /** What happened, by name. */
  readonly seen: ReadonlySet<string>
  readonly lost: number
}

/** Delivers events through a host's SDK while exporter and host do what a plan says; new providers follow those that were shut down. */
export function history(seed: number, mode: 'tracked' | 'best effort', bug: Bug = {}): Promise<Past> {
  return withoutWaiting((clock) => happen(seed, mode, bug, clock))
}

async function happen(seed: number, mode: 'tracked' | 'best effort', bug: Bug, clock: Clock): Promise<Past> {
  const draw = drawOf(seed)
  const plan = historyPlan(draw, mode)
  const line = pick(draw('line'), Object.values(sdkLines) as [SdkLine, SdkLine])
  const world = newWorld(plan, mode, draw)
  for (let life = 0; world.cursor < plan.events; life += 1) await liveOnce(world, line, life, bug, clock)
  for (let number = 0; number < plan.events; number += 1) world.explainLoss(idOf(number))
  const { violations, seen, lost } = world
  return { violations, seen, lost: lost.length }
}

interface World {
  readonly plan: HistoryPlan
  readonly mode: 'tracked' | 'best effort'
  readonly draw: Draw
  readonly violations: string[]
  readonly seen: Set<string>
  readonly lost: string[]
  readonly accepted: Set<string>
  /** Ids in any export, in one that failed, and ids that a processor of the host dropped. */
  readonly exported: Set<string>
  readonly failed: Set<string>
  readonly dropped: Set<string>
  cursor: number
  calls: number
  explainLoss(id: string): void
}

function newWorld(plan: HistoryPlan, mode: World['mode'], draw: Draw): World {
  const world: World = {
    ...{ plan, mode, draw, violations: [], seen: new Set(), lost: [], cursor: 0, calls: 0 },
    ...{ accepted: new Set(), exported: new Set(), failed: new Set(), dropped: new Set() },
    explainLoss(id) {
      if (world.accepted.has(id)) return
      world.lost.push(id)
      // What the README says may be lost without `tracked`, and nothing else.
      const isShared = plan.hostRecords || plan.hostFlushes
      const isDocumented =
        world.failed.has(id) || world.dropped.has(id) || (!world.exported.has(id) && isShared)
      if (mode === 'tracked' || !isDocumented) world.violations.push(`${id} was committed and never arrived`)
    },
  }
  return world
}

/** From the start of a provider to its shutdown, or to the end of all events. */
async function liveOnce(world: World, line: SdkLine, life: number, bug: Bug, clock: Clock): Promise<void> {
  const { plan, draw, mode, seen } = world
  const fake = fakeExporter({
    lateMs: plan.exportTimeoutMs * 2,
    flushWaits: plan.flushWaits,
    outcomeOf(_, ids) {
      world.calls += 1
      const outcome: Outcome =
        draw('call', world.calls) < plan.faults ? pick(draw('fault', world.calls), plan.outcomes) : 'succeeds'
      seen.add(outcome)
      for (const id of ids) world.exported.add(id)
      if (outcome !== 'succeeds' && outcome !== 'calls back twice') for (const id of ids) world.failed.add(id)
      return outcome
    },
  })
  const arrived = fake.accepted
  arrived.push = (...ids) => {
    for (const id of ids) world.accepted.add(id)
    return world.accepted.size
  }
  const exporter = bug.tracked?.(fake) ?? tracked(fake, { flushTimeoutMs: plan.exportTimeoutMs })
  const { maxQueueSize, maxExportBatchSize, exportTimeoutMs: exportTimeoutMillis } = plan
  const batch = line.batch(mode === 'tracked' ? exporter : fake, {
    ...{ maxQueueSize, maxExportBatchSize, exportTimeoutMillis, scheduledDelayMillis: 2 },
  })
  const provider = line.provider([dropping(batch, world)])
  const options = { maxRecords: plan.maxRecords, timeoutMs: 60_000, clock, onWarning: () => {} }
  const sink =
    bug.sink?.(provider, exporter, clock) ??
    loggerProviderSink(provider, mode === 'tracked' ? { ...options, tracked: exporter } : options)
  const stop = new AbortController()
  const host = runHost(world, provider, life, stop.signal)
  try {
    await deliver({
      ...{ source: sourceOf(world), lane: laneOf(world), map: toLogRecord, sink },
      ...{ clock, onFatal: 'reject' },
    })
  } catch (error) {
    if (!isFault(error) || error.fault !== 'fatal') throw error
    seen.add(error.code)
  }
  stop.abort()
  await host
  await provider.shutdown()
}

/** A processor of the host that leaves some records out, each twice at most. */
function dropping(batch: Processor, { plan, draw, dropped, seen }: World): Processor {
  const times = new Map<string, number>()
  return {
    onEmit(record) {
      if (record.instrumentationScope.name !== auditScope.name) return batch.onEmit(record)
      const id = String(record.attributes['log.record.uid'])
      const time = (times.get(id) ?? 0) + 1
      times.set(id, time)
      if (time <= 2 && draw('drop', id, time) < plan.drops) {
        dropped.add(id)
        seen.add('dropped by a processor')
        return
      }
      batch.onEmit(record)
    },
    forceFlush: () => batch.forceFlush(),
    shutdown: () => batch.shutdown(),
  }
}

/** What the host does meanwhile: records of its own, its own flushes, and a shutdown before us. */
async function runHost(
  { plan, draw, seen }: World,
  provider: ReturnType<SdkLine['provider']>,
  life: number,
  signal: AbortSignal,
): Promise<void> {
  const logger = provider.getLogger('host')
  const flushes: Promise<unknown>[] = []
  for (let step = 0; !signal.aborted; step += 1) {
    await turn()
    if (plan.hostRecords && draw('emit', life, step) < 0.2) {
      seen.add('records of the host')
      const count = plan.floods && draw('flood', life, step) < 0.2 ? plan.maxQueueSize * 2 : 2
      for (let record = 0; record < count; record += 1)
        logger.emit(hostRecord(draw('id', life, step, record), plan))
      if (count > 2) seen.add('a full queue')
    }
    if (plan.hostFlushes && draw('flush', life, step) < 0.1) {
      seen.add("the host's own flush")
      flushes.push(provider.forceFlush().catch(() => {}))
    }
    if (life < plan.shutdowns && draw('shutdown', life, step) < 0.02) {
      seen.add('shut down')
      await provider.shutdown()
      break
    }
  }
  await Promise.all(flushes)
}

/** It has an id, as the convention says: by accident that of one of our events. */
function hostRecord(drawn: number, { events }: HistoryPlan): AuditLogRecord {
  return toLogRecord(eventOf(Math.floor(drawn * events)))
}

function sourceOf({ plan }: World): Source<AuditLogEvent> {
  return {
    async *read(cursor = '0'): AsyncGenerator<Batch<AuditLogEvent>> {
      for (let from = Number(cursor); from < plan.events; from += plan.pageSize) {
        const until = Math.min(from + plan.pageSize, plan.events)
        const events = Array.from({ length: until - from }, (_, index) => eventOf(from + index))
        yield { events, malformed: [], cursor: String(until) }
      }
    },
  }
}

/** With `tracked`, a commit may name only what has arrived. */
function laneOf(world: World): Lane {
  return {
    load: async () => String(world.cursor),
    known: async () => new Set(),
    async commit({ cursor, delivered, quarantined }) {
      for (const { id } of quarantined) world.violations.push(`${id} is in quarantine`)
      for (const { id } of delivered) {
        if (world.mode === 'tracked' && !world.accepted.has(id)) {
          world.violations.push(`${id} was committed before it arrived`)
        }
      }
      world.cursor = Number(cursor)
    },
  }
}
