import { defaultFaultKinds, type FaultChooser, type Oddity } from '../../../packages/simulator/src/index.ts'
import { gidOf, loginEvent } from '../servers/asana-server.ts'
import { between, type Draw, drawOf, pick } from './draw.ts'

/** What is special about an event. */
export type Nature =
  | 'good'
  /** Malformed, although it has an id: the source refuses it. */
  | 'malformed'
  /** The receiver refuses every request with it. */
  | 'poison'
  /** `map` throws on it. */
  | 'unmappable'

export interface HistoryEvent {
  readonly gid: string
  readonly nature: Nature
  /** It arrived after newer events, so it is not in the order of time. */
  readonly late: boolean
  /** Milliseconds since 1970; undefined if its time cannot be read. */
  readonly at: number | undefined
  readonly raw: object
}

/** At the moment with this number, before or after a step; it counts all steps or those of one kind. */
export interface Death {
  readonly moment: number
  readonly step: string | undefined
}

/** Everything that a seed decides, except the faults of single requests. */
export interface HistoryPlan {
  readonly draw: Draw
  /** One lane that follows the log, one lane over a time range in windows, or two lanes for new events and the backlog. */
  readonly form: 'one lane' | 'windows' | 'two lanes'
  /** The end of the time range, which is the start of the history, in milliseconds since 1970. */
  readonly until: number
  /** How long before that the log begins at most, and whether the reader knows it. The size of the windows depends on it. */
  readonly spanMs: number
  readonly since: string | undefined
  /** Bytes of pages that wait for their turn: with fewer bytes the time is divided into more windows. */
  readonly aheadBytes: number
  readonly state: 'memory' | 'SQLite'
  readonly destination: 'http/protobuf' | 'http/json' | 'grpc' | 'hec' | 'hec with ack'
  readonly inFlight: number
  /** Records of a write, which is one request over OTLP. */
  readonly maxRecords: number
  /** Bytes of a request over HEC: a write may need several requests. */
  readonly maxBodyBytes: number
  /** The receiver refuses older events; undefined: it accepts events of any age. */
  readonly takesMs: number | undefined
  /** Whether the age is counted to the present or to the start. */
  readonly limitMoves: boolean
  /** The receiver answers 413 to requests with more records. */
  readonly mostRecords: number
  readonly pageSize: number
  readonly offsetTtlMs: number
  readonly pollMs: number
  /** The longest poll interval while nothing is new; it may be longer than an offset is valid. */
  readonly maxPollMs: number
  readonly lateEvents: 'none' | 'hidden' | 'visible'
  /** What Asana or a proxy does wrong until a person repairs it. */
  readonly oddity: Oddity | undefined
  /** How often that is reported before a person repairs it. Until then the reader must not continue. */
  readonly oddityTold: number
  /** Shares of requests that fail. */
  readonly pageFaults: number
  readonly writeFaults: number
  readonly commitFaults: number
  /** Idle turns of the event loop before time passes. */
  readonly turns: number
  /** How long Asana needs for a page, and the receiver for a write. */
  readonly pageMs: number
  readonly writeMs: number
  /** When each process is killed, except the last ones. One that ends before that is not killed. */
  readonly deaths: readonly Death[]
  /** Other pipelines that share the pages. */
  readonly companions: number
  /** How many groups of events arrive while it runs. */
  readonly growths: number
}

const minute = 60_000
const hour = 3_600_000

/** The greatest age of the newest event at the start. */
const newestMs = 5 * minute

/** The longest delay of a late event. */
const latestMs = 30 * minute

/**
 * Longer than the delay of any late event, so that each must be found. A time range ends after this window, so for it the window is longer
 * than a history.
 */
export function settledWindowMs({ form }: Pick<HistoryPlan, 'form'>): number {
  return form === 'windows' ? 6 * hour : 45 * minute
}

type Polls = Pick<HistoryPlan, 'pollMs' | 'maxPollMs'>

/** Poll intervals: as short as allowed, growing from a second, and long. */
const polls: readonly [Polls, ...Polls[]] = [
  { pollMs: 500, maxPollMs: 30_000 },
  { pollMs: 10_000, maxPollMs: minute },
  { pollMs: minute, maxPollMs: minute },
  { pollMs: minute, maxPollMs: 8 * minute },
  { pollMs: 4 * minute, maxPollMs: 4 * minute },
]

export const rereadEveryMs = 10 * minute

/** Longer than the time that any re-read goes back. */
export function rememberMs(plan: HistoryPlan): number {
  return settledWindowMs(plan) + rereadEveryMs + 7_200_000
}

export function historyPlan(seed: number, now: number): HistoryPlan {
  const draw = drawOf(seed)
  const rate = (name: string, most: number): number =>
    draw(name, 'whether') < 0.25 ? 0 : draw(name, 'rate') * most
  const maxRecords = between(draw('maxRecords'), 1, 25)
  const form = pick<HistoryPlan['form']>(draw('form'), ['one lane', 'windows', 'two lanes', 'two lanes'])
  const lateEvents = pick<HistoryPlan['lateEvents']>(draw('late'), ['none', 'hidden', 'visible'])
  const oddity =
    draw('odd') < 0.3
      ? pick<Oddity>(draw('oddity'), ['no-query', 'no-times', 'same-offset', 'no-offset'])
      : undefined
  const spanMs = pick(draw('span'), [20 * minute, 5 * hour, 72 * hour])
  const since = new Date(now - spanMs - newestMs - latestMs).toISOString()
  return {
    ...{ draw, form, until: now, spanMs },
    since: form === 'one lane' || draw('since') < 0.2 ? undefined : since,
    aheadBytes: pick(draw('ahead'), [1, 20_000, 96 * 2 ** 20]),
    state: pick(draw('state'), ['memory', 'SQLite']),
    destination:
      draw('grpc') < 0.2
        ? 'grpc'
        : pick(draw('destination'), ['http/protobuf', 'http/json', 'hec', 'hec with ack']),
    inFlight: pick(draw('inFlight'), [1, 8]),
    maxRecords,
    maxBodyBytes: pick(draw('maxBodyBytes'), [4_000, 16_000, 900_000]),
    mostRecords: draw('413') < 0.3 ? between(draw('mostRecords'), 1, maxRecords) : maxRecords,
    takesMs: draw('limit') < 0.3 ? Math.floor(spanMs * (0.1 + 0.8 * draw('takes'))) : undefined,
    limitMoves: draw('limit moves') < 0.5,
    // A backlog of a few pages has no lane of its own, so it would test little of an odd server.
    pageSize: between(draw('pageSize'), 3, form === 'two lanes' || oddity ? 8 : 40),
    offsetTtlMs: pick(draw('offsetTtl'), [2 * minute, 15 * minute, 30 * 24 * hour]),
    ...pick(draw('poll'), polls),
    lateEvents,
    oddity,
    oddityTold: between(draw('told'), 1, 3),
    pageFaults: rate('pages', 0.3),
    writeFaults: draw('limit') < 0.15 ? 0 : rate('writes', 0.4),
    commitFaults: rate('commits', 0.2),
    // Enough for everything that follows a wait without a wait of its own.
    turns: pick(draw('turns'), [5, 8]),
    pageMs: pick(draw('page takes'), [0, 50, 400, 900]),
    writeMs: pick(draw('write takes'), [0, 300, 5_000]),
    deaths: Array.from({ length: between(draw('lives'), 0, 4) }, (_, life) =>
      draw('any step', life) < 0.6
        ? { moment: between(draw('death', life), 1, 40), step: undefined }
        : {
            moment: between(draw('death', life), 1, 4),
            step: pick(draw('step', life), [
              'a load',
              'a look-up',
              'a page',
              'a write',
              'a commit',
              'a division',
            ]),
          },
    ),
    // Each of them reports an odd server again.
    companions: oddity ? 0 : pick(draw('companions'), [0, 0, 1, 2]),
    growths: form === 'windows' && lateEvents === 'none' ? 0 : between(draw('growths'), 0, 3),
  }
}

/** The events at the start, the oldest first: at most three days old, up to the present, many with equal times. */
export function backlog({ draw, until, spanMs }: HistoryPlan): HistoryEvent[] {
  const count = between(draw('backlog'), 15, 90)
  let at = 0
  const times = Array.from({ length: count }, (_, index) => {
    if (draw('equal', index) > 0.3) at += Math.floor((spanMs / count) * draw('step', index))
    return at
  })
  const start = until - at - 1 - Math.floor(draw('newest') * newestMs)
  return times.map((time, index) => historyEvent(draw, index, start + time, 'backlog'))
}

/** A group of events that arrives at `now`; `first` is the number of earlier events. */
export function growth(plan: HistoryPlan, first: number, now: number): HistoryEvent[] {
  const { draw, form, lateEvents, until } = plan
  // Events after a time range are not part of it.
  const end = form === 'windows' ? until : now
  const share = form === 'windows' ? 1 : 0.4
  return Array.from({ length: between(draw('grown', first), 1, 8) }, (_, index) => {
    const number = first + index
    const late = lateEvents !== 'none' && draw('is late', number) < share
    const at = late ? end - Math.floor(draw('how late', number) * latestMs) - 1 : now
    return historyEvent(draw, number, at, late ? 'late' : 'in time')
  })
}

function historyEvent(
  draw: Draw,
  number: number,
  at: number,
  arrival: 'backlog' | 'in time' | 'late',
): HistoryEvent {
  const gid = gidOf(number)
  const chance = draw('nature', number)
  const created = new Date(at).toISOString()
  const make = (nature: Nature, changes: object): HistoryEvent => ({
    gid,
    nature,
    late: arrival === 'late',
    at,
    raw: JSON.parse(loginEvent(number, { created_at: created, ...changes })) as object,
  })
  if (chance < 0.01) return make('malformed', { actor: null })
  // The simulator gives it the time of the event before it, which was read before the log grows.
  if (chance < 0.02 && arrival === 'backlog' && number > 0)
    return { ...make('malformed', { created_at: 'soon' }), at: undefined }
  if (chance < 0.04) return make('poison', {})
  if (chance < 0.05) return make('unmappable', {})
  return make('good', {})
}

const pageFaultKinds = [...defaultFaultKinds, 'expired-offset'] as const

/** Faults by request and attempt; a request fails three times at most. */
export function pageFault({ draw, pageFaults }: HistoryPlan): FaultChooser {
  return ({ identity, attempt, hasOffset }) => {
    if (attempt > 3 || draw('page', identity, attempt) >= pageFaults) return undefined
    const kind = pick(draw('page fault', identity, attempt), pageFaultKinds)
    return kind === 'expired-offset' && !(hasOffset && attempt === 1) ? 503 : kind
  }
}

/** Whether the receiver refuses the event for its age. */
export function isTooOld(
  { takesMs, limitMoves, until }: Pick<HistoryPlan, 'takesMs' | 'limitMoves' | 'until'>,
  { at }: Pick<HistoryEvent, 'at'>,
  now: number,
): boolean {
  if (takesMs === undefined || at === undefined) return false
  return at < (limitMoves ? now : until) - takesMs
}
