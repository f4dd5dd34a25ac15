import type { StoredQuarantineEntry } from '../../../packages/core/src/index.ts'
import { type LedgerHour, ledgerDelta } from '../../../packages/core/src/ledger.ts'
import { type HistoryEvent, type HistoryPlan, isTooOld } from './plan.ts'

/** What is known at the end of a history. */
export interface Evidence {
  readonly plan: HistoryPlan
  readonly events: readonly HistoryEvent[]
  /** Ids in the order of Asana's log. */
  readonly order: readonly string[]
  /** Ids in the order in which the receiver accepted them, with repeats. */
  readonly arrived: readonly string[]
  /** Ids, each with the lane it was committed to. */
  readonly committed: ReadonlyMap<string, string>
  /** How often an id was in an accepted request whose answer was lost. */
  readonly lost: ReadonlyMap<string, number>
  /** How often an id had arrived and was not committed when a process ended. */
  readonly unsettled: ReadonlyMap<string, number>
  /** How often an id was sent before its turn. */
  readonly probed: ReadonlyMap<string, number>
  readonly endedAt: number
  /** Ids of requests that were accepted only in part. */
  readonly doubtful: ReadonlySet<string>
  readonly quarantine: readonly StoredQuarantineEntry[]
  readonly ledger: readonly LedgerHour[]
}

/** What is promised, whatever happened and in whatever order. */
export function violations(evidence: Evidence): string[] {
  return [
    ...missing(evidence),
    ...needlessRepeats(evidence),
    ...wrongOrder(evidence),
    ...wronglyQuarantined(evidence),
    ...wrongLedger(evidence),
  ]
}

function missing({ events, arrived, quarantine }: Evidence): string[] {
  const safe = new Set<string | undefined>([...arrived, ...quarantine.map(({ id }) => id)])
  return events
    .filter(({ gid }) => !safe.has(gid))
    .map(({ gid, nature, late }) => `${gid} (${nature}${late ? ', late' : ''}) is missing`)
}

/**
 * An id may come again only if the process could not know that it had come: its answer was lost, or the process ended before the commit.
 * It may also come again if it was sent to test the destination and the process ended during that test.
 */
function needlessRepeats({ plan, arrived, lost, unsettled, probed }: Evidence): string[] {
  const times = new Map<string, number>()
  const most = (id: string): number =>
    1 +
    [lost, unsettled, probed].reduce((sum, counts) => sum + (counts.get(id) ?? 0), 0) +
    (probed.size > 0 ? plan.deaths.length : 0)
  for (const id of arrived) times.set(id, (times.get(id) ?? 0) + 1)
  return [...times]
    .map(([id, count]) => ({ id, count, bound: most(id) }))
    .filter(({ count, bound }) => count > bound)
    .map(({ id, count, bound }) => `${id} came ${count} times, at most ${bound} can be explained`)
}

/**
 * The order within a lane. It does not include late events, requests that were accepted in part, or events near a limit of age. Nor does it
 * include acknowledged requests that are sent again, because others were sent before the acknowledgement.
 */
function wrongOrder({ plan, events, order, arrived, committed, doubtful }: Evidence): string[] {
  if (plan.inFlight > 1 || plan.destination === 'hec with ack' || plan.takesMs !== undefined) return []
  const late = new Set(events.filter((event) => event.late).map(({ gid }) => gid))
  const came = [...new Set(arrived)].filter((id) => !late.has(id) && !doubtful.has(id))
  return [...new Set(committed.values())].flatMap((lane) => {
    const ofLane = came.filter((id) => committed.get(id) === lane)
    const has = new Set(ofLane)
    const expected = order.filter((id) => has.has(id))
    const index = ofLane.findIndex((id, place) => id !== expected[place])
    return index < 0 ? [] : [`${ofLane[index]} came where ${expected[index]} was due, in ${lane}`]
  })
}

function wronglyQuarantined({ plan, events, doubtful, quarantine, endedAt }: Evidence): string[] {
  const natures = new Map(events.map(({ gid, nature }) => [gid, nature]))
  const old = new Set(events.filter((event) => isTooOld(plan, event, endedAt)).map(({ gid }) => gid))
  const found: string[] = []
  const seen = new Set<string>()
  for (const { id = '', kind, code } of quarantine) {
    const nature = natures.get(id)
    if (seen.has(id)) found.push(`${id} is in the quarantine twice`)
    seen.add(id)
    const deserved = {
      malformed: nature === (code === 'unmappable' ? 'unmappable' : 'malformed'),
      // The receiver may say of a request with a single event that it took a part of it, and refused one.
      rejected: nature === 'poison' || old.has(id) || (code === 'partial_success' && doubtful.has(id)),
      uncertain: doubtful.has(id),
    }[kind]
    if (!deserved) found.push(`${id} (${nature}) is in the quarantine as ${kind}, ${code}`)
  }
  return found
}

/** What arrived and what was quarantined, by hour and kind, each id once. */
function wrongLedger({ events, arrived, quarantine, ledger }: Evidence): string[] {
  const aside = new Map(quarantine.map(({ id, kind }) => [id, kind]))
  const came = new Set(arrived)
  const delta = ledgerDelta()
  for (const { gid, at } of events) {
    const kind = aside.get(gid)
    if (at === undefined || (kind === undefined && !came.has(gid))) continue
    const counted = kind === undefined ? 'delivered' : kind === 'uncertain' ? 'uncertain' : 'quarantined'
    delta.add(at, counted, gid)
  }
  const lines = (hours: readonly LedgerHour[]): string[] =>
    hours.map(
      ({ hour, kind, count, checksum }) => `${new Date(hour).toISOString()} ${kind} ${count} ${checksum}`,
    )
  const expected = lines(delta.hours())
  const actual = lines(ledger)
  return [
    ...expected.filter((line) => !actual.includes(line)).map((line) => `the ledger lacks ${line}`),
    ...actual.filter((line) => !expected.includes(line)).map((line) => `the ledger has ${line}`),
  ]
}
