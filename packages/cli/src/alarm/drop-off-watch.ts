import type { State } from '@asana-audit/core'
import {
  type DropOff,
  hourMs,
  hourOf,
  judgeDropOff,
  type LearnedHours,
  learnHours,
  noDropOffYet,
  openEnd,
} from '@asana-audit/core/ledger'
import type { DropOffSettings } from '../config/monitoring/alarm.ts'
import { dayMs } from '../duration.ts'
import { rangeLeft } from '../progress/lag/unread.ts'
import { age } from '../progress/words/age.ts'

/** The ledger is kept for 91 days. */
const keptMs = 91 * dayMs

/** What a judgement needs of the state besides the ledger, read once for all pipelines. */
export interface Overview {
  /** The time from which the ledger counts all events of the pipeline, milliseconds since 1970. Undefined while its backlog is being read. */
  countedFrom(pipeline: string): number | undefined
}

export async function overviewOf(state: Pick<State, 'lanes' | 'pipelines'>): Promise<Overview> {
  const open = new Set<string>()
  for (const { pipeline, lane, cursor } of await state.lanes())
    if (lane === 'backlog' && rangeLeft(cursor)) open.add(pipeline)
  const asked = new Map<string, number>()
  for (const { pipeline, asked: spans } of await state.pipelines()) {
    const last = spans.find(({ until }) => until === openEnd)
    if (last && !open.has(pipeline)) asked.set(pipeline, last.from)
  }
  return { countedFrom: (pipeline) => asked.get(pipeline) }
}

export interface Seen {
  readonly readUpTo: number
  readonly newestAt: number
}

/** Watches whether the events of one pipeline stop. */
export interface DropOffWatch {
  readonly dropOff: DropOff
  judge(seen: Seen, overview: () => Promise<Overview>): Promise<DropOff>
  /** What the state means, in sentences. */
  message(seen: Seen): string
}

export function watchDropOff(
  pipeline: string,
  state: Pick<State, 'ledger'>,
  settings: DropOffSettings,
  before: DropOff | undefined,
  now: number,
): DropOffWatch {
  const { learns, afterMs, offsetAt, isQuiet } = settings
  let dropOff = before ?? noDropOffYet(now)
  let learned: LearnedHours | undefined
  let learnedIn = Number.NEGATIVE_INFINITY

  async function learn({ readUpTo: at, newestAt }: Seen, overview: () => Promise<Overview>): Promise<void> {
    if (!learns || hourOf(at) === learnedIn) return
    learnedIn = hourOf(at)
    const asked = (await overview()).countedFrom(pipeline)
    const ledger = await state.ledger(pipeline, at - keptMs, at)
    const first = ledger[0]?.hour
    learned =
      asked === undefined || first === undefined
        ? undefined
        : learnHours(ledger, {
            ...{ countedFrom: Math.max(asked, first), newestAt, without: dropOff.alarmHours },
            ...{ offsetAt, isQuiet },
          })
  }

  return {
    get dropOff() {
      return dropOff
    },
    async judge(seen, overview) {
      await learn(seen, overview)
      const isStanding = dropOff.state === 'ALARM'
      const recent = isStanding
        ? await state.ledger(pipeline, seen.readUpTo - 8 * dayMs, seen.readUpTo + hourMs)
        : []
      const cameIn = (from: number, until: number): number =>
        recent.reduce((sum, { hour, count }) => (hour >= from && hour < until ? sum + count : sum), 0)
      dropOff = judgeDropOff(dropOff, { ...seen, learned, cameIn }, { afterMs })
      return dropOff
    },
    message({ readUpTo, newestAt }) {
      if (dropOff.state === 'OK') return 'Events come as usual.'
      if (dropOff.state === 'INSUFFICIENT_DATA')
        return 'Too few events are known to say whether they stop. Set drop_off_after, a fixed time.'
      const quiet = age(readUpTo - newestAt)
      const expected = learned && Math.round(learned.expectedIn(newestAt, readUpTo))
      const usual = expected === undefined ? '' : `; about ${expected.toLocaleString('en')} would have come`
      return `Asana answers but has shown no event for ${quiet}${usual}. Look into the audit log in the admin console: if it has newer events, the token or the filters no longer show them; if not, ask Asana's support.`
    },
  }
}
