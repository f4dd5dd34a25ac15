import type { Fact } from '@asana-audit/core'
import { retentionMs } from '@asana-audit/core/backlog'
import { hourMs } from '../duration.ts'
import { age } from '../progress/age.ts'
import type { AlarmKind } from './alarm.ts'
import { backlogPace } from './backlog-pace.ts'

/** What a condition is at a moment. Undefined instead: nothing was seen that tells. */
export interface Condition {
  readonly isBad: boolean
  readonly message: string
}

export interface WatchLimits {
  /** A failure is an alarm after this time, in milliseconds. */
  readonly failingMs: number
  /** So long before Asana deletes unread events there is an alarm, in milliseconds. */
  readonly retentionMs: number
}

interface Failure {
  readonly since: number
  readonly code: string
  readonly message: string
  readonly isPause: boolean
}

type Part = (Fact & { type: 'paused' })['part']

/** After an hour without a new entry, the alarm about the quarantine is over: the entries were told. */
const newEntriesMs = hourMs

/** What the facts of one pipeline say. All times are milliseconds since 1970. */
export interface PipelineWatch {
  fact(lane: string, fact: Fact, now: number): void
  /** What was read of the new events. Undefined until the end of the log was reached in this run. */
  seen(): { readonly readUpTo: number; readonly newestAt: number } | undefined
  condition(kind: Exclude<AlarmKind, 'drop_off'>, now: number): Condition | undefined
}

/** `newest`: the time of the newest event delivered before, by lane. */
export function watchPipeline(limits: WatchLimits, newest: ReadonlyMap<string, number>): PipelineWatch {
  const failures = new Map<string, Failure>()
  const works = new Set<Part>()
  const newestBy = new Map(newest)
  const ended = new Set<string>()
  const pace = backlogPace()
  let readUpTo: number | undefined
  let newestRead = newest.get('live')
  const quarantined = { events: 0, at: 0, code: '' }

  const ok = (part: Part, lane: string): void => {
    works.add(part)
    failures.delete(`${part} ${lane}`)
  }
  const fail = (
    part: Part,
    lane: string,
    fact: Fact & { type: 'retrying' | 'paused' },
    now: number,
  ): void => {
    works.delete(part)
    ended.delete(lane)
    const { code, message, type } = fact
    const { since } = failures.get(`${part} ${lane}`) ?? { since: now }
    failures.set(`${part} ${lane}`, { since, code, message, isPause: type === 'paused' })
  }
  const failing = (part: Part): Failure | undefined =>
    [...failures]
      .filter(([key]) => key.startsWith(part))
      .map(([, failure]) => failure)
      .toSorted((one, other) => one.since - other.since)[0]

  const failed = (part: Part, now: number): Condition | undefined => {
    const failure = failing(part)
    if (!failure) return works.has(part) ? { isBad: false, message: restored[part] } : undefined
    const { since, code, message, isPause } = failure
    if (now - since < limits.failingMs) return undefined
    const next = isPause ? 'It waits until that is fixed.' : triedAgain
    return { isBad: true, message: `${broken[part]} for ${age(now - since)} (${code}). ${message} ${next}` }
  }

  /** Events whose position cannot be saved are not delivered: they would be sent again. */
  const undelivered = (now: number): Condition | undefined => {
    const [sink, state] = [failed('sink', now), failed('state', now)]
    return [sink, state].find((one) => one?.isBad) ?? sink ?? state
  }

  const unread = (now: number): Condition | undefined => {
    if (failures.size === 0) {
      const message = ended.has('backlog') ? undefined : pace.danger(now)
      if (message !== undefined) return { isBad: true, message }
      return works.has('source') ? nothingInDanger : undefined
    }
    const oldest = Math.min(...[...newestBy].flatMap(([lane, at]) => (ended.has(lane) ? [] : [at])))
    if (!Number.isFinite(oldest)) return undefined
    const left = oldest + retentionMs - now
    if (left >= limits.retentionMs) return nothingInDanger
    const when = left > 0 ? `in ${age(left)}` : 'now'
    const message = `Asana begins to delete unread events ${when}. Mend what keeps this pipeline from reading or writing; asana-audit check says what it is.`
    return { isBad: true, message }
  }

  const newEntries = (now: number): Condition => {
    const { events, at, code } = quarantined
    if (events === 0 || now - at >= newEntriesMs)
      return { isBad: false, message: 'No new event was put in quarantine for an hour.' }
    const what = events === 1 ? 'An event was' : `${events.toLocaleString('en')} events were`
    const message = `${what} put in quarantine (${code}). asana-audit quarantine list shows them; once the cause is gone, asana-audit quarantine replay delivers them.`
    return { isBad: true, message }
  }

  return {
    fact(lane, fact, now) {
      if (fact.type === 'page_read') ok('source', lane)
      if (fact.type === 'page_read' && lane === 'live' && fact.newestAt !== undefined) {
        newestRead = Math.max(newestRead ?? 0, Date.parse(fact.newestAt))
      }
      if (fact.type === 'covered' && lane === 'backlog')
        pace.covered(Date.parse(fact.upTo), Date.parse(fact.until), now)
      if (fact.type === 'idle' && lane === 'live') readUpTo = now
      if (fact.type === 'idle') ended.add(lane)
      if (fact.type === 'committed' || fact.type === 'write_accepted') ok('sink', lane)
      if (fact.type === 'committed') ok('state', lane)
      if (fact.type === 'committed' && fact.newestAt !== undefined)
        newestBy.set(lane, Date.parse(fact.newestAt))
      if (fact.type === 'resumed') {
        ok(fact.part, lane)
        pace.stood(fact.afterMs)
      }
      if (fact.type === 'retrying' || fact.type === 'paused') fail(fact.part, lane, fact, now)
      if (fact.type === 'quarantined' || fact.type === 'too_old') {
        const isNew = now - quarantined.at >= newEntriesMs
        const more = fact.type === 'too_old' ? fact.events : 1
        quarantined.events = (isNew ? 0 : quarantined.events) + more
        quarantined.at = now
        quarantined.code = fact.type === 'too_old' ? 'too_old' : fact.code
      }
    },
    seen: () =>
      readUpTo === undefined || newestRead === undefined ? undefined : { readUpTo, newestAt: newestRead },
    condition(kind, now) {
      if (kind === 'not_read') return failed('source', now)
      if (kind === 'not_delivered') return undelivered(now)
      return kind === 'retention' ? unread(now) : newEntries(now)
    },
  }
}

const broken: Readonly<Record<Part, string>> = {
  source: 'Asana could not be read',
  sink: 'The destination has taken nothing',
  state: 'No position could be saved',
}
const triedAgain =
  'It is tried again until it works, and nothing is lost meanwhile; asana-audit check says what is wrong.'
const restored: Readonly<Record<Part, string>> = {
  source: 'Asana is read again.',
  sink: 'The destination takes events again.',
  state: 'Positions are saved again.',
}
const nothingInDanger: Condition = { isBad: false, message: 'No unread event is about to be deleted.' }
