import type { StoredQuarantineEntry } from '../../../packages/core/src/index.ts'
import { type LedgerHour, ledgerDelta } from '../../../packages/core/src/ledger.ts'
import type { Pipeline } from './pipeline.ts'
import type { PipelinesEvent } from './plan.ts'

function asked({ eventType }: Pipeline, events: readonly PipelinesEvent[]): PipelinesEvent[] {
  return events.filter(({ type }) => eventType === undefined || type === eventType)
}

/** The events that a cursor has passed and that neither arrived nor are in the quarantine. Late ones are not in the order of time. */
export function cursorAhead(
  one: Pipeline,
  events: readonly PipelinesEvent[],
  lane: string,
  cursor: string,
): string[] {
  const at = JSON.parse(cursor) as { newest?: string; begunAt?: string; startAt?: string }
  if (at.newest === undefined) return []
  const newest = Date.parse(at.newest)
  const start = lane === 'live' ? (at.begunAt ?? at.startAt) : undefined
  const from = Math.max(one.rewoundTo, start === undefined ? Number.NEGATIVE_INFINITY : Date.parse(start))
  return asked(one, events)
    .filter((event) => !event.late && event.at >= from && event.at < newest)
    .filter(({ gid }) => !one.arrived.has(gid) && !one.quarantined.has(gid))
    .map(({ gid }) => `the ${lane} cursor of ${one.name} is ahead of ${gid}`)
}

/** What is promised to each pipeline, whatever happened to it and to the others. */
export function pipelineViolations(
  one: Pipeline,
  events: readonly PipelinesEvent[],
  quarantine: readonly StoredQuarantineEntry[],
  ledger: readonly LedgerHour[],
): string[] {
  const wanted = asked(one, events)
  const ids = new Set(wanted.map(({ gid }) => gid))
  const natures = new Map(events.map(({ gid, nature }) => [gid, nature]))
  const kept = new Set(quarantine.map(({ id }) => id))
  const times = (gid: string): number => one.arrived.get(gid) ?? 0
  const most = (gid: string): number => 1 + (one.excused.get(gid) ?? 0)
  return [
    ...wanted
      .filter(({ gid }) => times(gid) === 0 && !kept.has(gid) && !one.optional.has(gid))
      .map(({ gid, nature, late }) => `${gid} (${nature}${late ? ', late' : ''}) never reached ${one.name}`),
    ...wanted
      .filter(({ gid }) => times(gid) > most(gid))
      .map(({ gid }) => `${gid} reached ${one.name} ${times(gid)} times, at most ${most(gid)} are excused`),
    ...[...one.arrived.keys()]
      .filter((id) => !ids.has(id))
      .map((id) => `${id} reached ${one.name}, which did not ask for it`),
    ...[...kept]
      .filter((id) => id === undefined || natures.get(id) === 'good')
      .map((id) => `${one.name} has ${id} in the quarantine for no reason`),
    ...wrongCounts(one, wanted, ledger),
    ...one.broken,
  ]
}

/** What arrived and what was quarantined, by hour and kind, each id once. */
function wrongCounts(
  one: Pipeline,
  wanted: readonly PipelinesEvent[],
  ledger: readonly LedgerHour[],
): string[] {
  const delta = ledgerDelta()
  for (const { gid, at } of wanted) {
    if (one.quarantined.has(gid)) delta.add(at, 'quarantined', gid)
    else if (one.arrived.has(gid)) delta.add(at, 'delivered', gid)
  }
  const lines = (hours: readonly LedgerHour[]): Set<string> =>
    new Set(
      hours
        .filter(({ count }) => count > 0)
        .map(
          ({ hour, kind, count, checksum }) => `${new Date(hour).toISOString()} ${kind} ${count} ${checksum}`,
        ),
    )
  const [should, does] = [lines(delta.hours()), lines(ledger)]
  return [
    ...[...should].filter((line) => !does.has(line)).map((line) => `the ledger of ${one.name} lacks ${line}`),
    ...[...does].filter((line) => !should.has(line)).map((line) => `the ledger of ${one.name} has ${line}`),
  ]
}
