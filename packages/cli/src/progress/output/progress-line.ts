import { counted } from '../../counted.ts'
import { dayMs } from '../../duration.ts'
import { columnsOf, cutTo } from '../../terminal/columns-of.ts'
import { safeText } from '../../terminal/safe-text.ts'
import { deletedInMs } from '../lag/retention-clock.ts'
import { coveredShare, isCaughtUp, type ProgressTotals } from '../totals/progress-totals.ts'
import { age } from '../words/age.ts'

/** A part of a line and its rank. If the line is too long, parts with the highest rank are left out first; 0 always stays. */
type Piece = readonly [text: string, rank: number]

export interface LineOptions {
  readonly name: string
  /** What the lane reads. New events alone: beside a backlog that is not read yet. */
  readonly reads: 'everything' | 'new events' | 'a time range'
  /** What stops the lane, in a few words. Undefined: nothing. */
  readonly trouble: string | undefined
  /** Since the start. */
  readonly seconds: number
  /** Events a second at the moment. Undefined if not known yet. */
  readonly rate: number | undefined
  readonly now: number
  /** Columns of the terminal. Undefined in a pipe, where nothing is left out. */
  readonly width: number | undefined
}

/** The time until Asana deletes unread events is shown once it is shorter than this. */
const soonMs = 30 * dayMs

/** The progress of one lane on one line. If it does not fit, whole pieces are left out, the least important first. */
export function progressLine(totals: ProgressTotals, options: LineOptions): string {
  const { name, width } = options
  const pieces = totals.covered ? coverage(totals, options) : progress(totals, options)
  const named = `  ${safeText(name)}`
  for (let highest = 9; ; highest -= 1) {
    const shown = pieces.filter(([, rank]) => rank <= highest).map(([text]) => text)
    const rest = `: ${shown.join(', ')}`
    if (width === undefined || columnsOf(named + rest) < width) return named + rest
    if (highest === 0) return cutName(named, rest, width)
  }
}

/** Cuts the name, which may be a long path, and then the line: a line that wraps would break the redrawing of those above. */
function cutName(name: string, rest: string, width: number): string {
  const room = Math.max(6, width - 1 - columnsOf(rest))
  return cutTo(`${cutTo(name, room)}${rest}`, width - 1)
}

/** What an answer without events says. "Caught up" would be wrong beside a backlog of thousands of events, or in a part of a time range. */
const idle = {
  everything: 'caught up',
  'new events': 'waiting for new ones',
  'a time range': 'reading',
} as const

function progress(totals: ProgressTotals, options: LineOptions): Piece[] {
  const { events, newestAt } = totals
  const { reads, trouble, rate, now } = options
  const amount = reads === 'new events' && events === 0 ? 'no new events yet' : counted(events, 'event')
  const newest: Piece[] = newestAt === undefined ? [] : [[`newest ${age(now - Date.parse(newestAt))} old`, 2]]
  return [
    [amount, trouble === undefined ? 0 : 1],
    ...ratePiece(rate),
    ...tooOldPiece(totals),
    ...newest,
    [trouble ?? doing(totals, reads), 0],
    ...retention(totals, options),
  ]
}

/** While events that were read wait for the destination, a lane is not idle, even if Asana has no more. */
function doing(totals: ProgressTotals, reads: LineOptions['reads']): string {
  if (!totals.atEnd) return 'reading'
  return isCaughtUp(totals) ? idle[reads] : 'writing'
}

/** The share of a time range that has been read, how long the rest takes at this pace, and what limits the pace. */
function coverage(totals: ProgressTotals, options: LineOptions): Piece[] {
  const { covered } = totals
  const { seconds, rate, trouble } = options
  const share = covered ? coveredShare(covered) : 1
  const pace: Piece[] = trouble
    ? [[trouble, 0], ...retention(totals, options)]
    : [
        ...(share > 0.01 && share < 1
          ? [[`${age((seconds * 1_000 * (1 - share)) / share)} left`, 1] as const]
          : []),
        ...(share < 1 ? [[`limit: ${covered?.limitedBy}`, 3] as const] : []),
      ]
  const read = `${Math.floor(share * 100)} %`
  return [...delivered(totals, read, share), ...ratePiece(rate), ...tooOldPiece(totals), ...pace]
}

/** If much was read and nothing delivered, says whether it held no events or they are still being written. */
function delivered({ events, read }: ProgressTotals, share: string, done: number): Piece[] {
  if (events > 0 || done === 1)
    return [
      [share, 0],
      [counted(events, 'event'), 0],
    ]
  const time = [`${share} of the time read`, 0] as const
  if (read === 0) return [time, ['no event in it so far', 0]]
  return [time, [`${counted(read, 'event')} read`, 1], ['none delivered yet', 0]]
}

function ratePiece(rate = 0): Piece[] {
  return rate < 0.5 ? [] : [[`${Math.round(rate).toLocaleString('en')}/s`, 4]]
}

function tooOldPiece({ tooOld }: ProgressTotals): Piece[] {
  return tooOld > 0 ? [[`${tooOld.toLocaleString('en')} too old`, 1]] : []
}

/** Only shown while a lane is behind, and when the time is short. */
function retention(totals: ProgressTotals, { trouble, now }: LineOptions): Piece[] {
  const left = deletedInMs(totals.unreadFrom, now)
  const isBehind = !isCaughtUp(totals) || trouble !== undefined
  return isBehind && left !== undefined && left < soonMs ? [[`unread events deleted in ${age(left)}`, 1]] : []
}
