import { dayMs } from '../duration.ts'
import { columnsOf, cutTo } from '../terminal/columns-of.ts'
import { safeText } from '../terminal/safe-text.ts'
import { age } from './age.ts'
import { deletedInMs } from './retention-clock.ts'
import { coveredShare, type Tally } from './tally.ts'

/** A piece of a line, and how early it is left out where there is no room: 0 never. */
type Piece = readonly [text: string, leftOut: number]

export interface LineOptions {
  readonly name: string
  /** Whether this row is of new events, beside a backlog that is not read yet. */
  readonly besideBacklog: boolean
  /** Since the start. */
  readonly seconds: number
  readonly now: number
  /** Columns of the terminal; undefined in a pipe, where nothing is left out. */
  readonly width: number | undefined
}

/** From when on a backlog is told how long Asana keeps it. */
const soonMs = 30 * dayMs

/** How far one row is, on one line: where it does not fit, whole pieces are left out, the least telling first. */
export function progressLine(tally: Tally, options: LineOptions): string {
  const { name, width } = options
  const pieces = tally.covered ? coverage(tally, options) : progress(tally, options)
  const named = `  ${safeText(name)}`
  for (let worst = 9; ; worst -= 1) {
    const told = pieces.filter(([, leftOut]) => leftOut <= worst).map(([text]) => text)
    const rest = `: ${told.join(', ')}`
    if (width === undefined || columnsOf(named + rest) < width) return named + rest
    if (worst === 0) return cutName(named, rest, width)
  }
}

/** The name may be a long path, whose end says little. A line that is too long even so would push those above out of place. */
function cutName(name: string, rest: string, width: number): string {
  const room = Math.max(6, width - 1 - columnsOf(rest))
  return cutTo(`${cutTo(name, room)}${rest}`, width - 1)
}

function progress(tally: Tally, { besideBacklog, seconds, now }: LineOptions): Piece[] {
  const { events, newestAt, trouble, caughtUp } = tally
  // "0 events, caught up" above thousands that are still to come reads as if there were none.
  const idle = besideBacklog ? 'waiting for new ones' : 'caught up'
  const amount = besideBacklog && events === 0 ? 'no new events yet' : counted(events, 'event')
  const newest: Piece[] = newestAt === undefined ? [] : [[`newest ${age(now - Date.parse(newestAt))} old`, 2]]
  return [
    [amount, trouble === undefined ? 0 : 1],
    ...rate(tally, seconds),
    ...aside(tally),
    ...newest,
    [trouble ?? (caughtUp ? idle : 'reading'), 0],
    ...retention(tally, now),
  ]
}

/** How far a time range has been read, how long the rest takes at this pace, and what limits the pace. */
function coverage(tally: Tally, { seconds, now }: LineOptions): Piece[] {
  const { covered, trouble } = tally
  const share = covered ? coveredShare(covered) : 1
  const pace: Piece[] = trouble
    ? [[trouble, 0], ...retention(tally, now)]
    : [
        ...(share > 0.01 && share < 1
          ? [[`${age((seconds * 1_000 * (1 - share)) / share)} left`, 1] as const]
          : []),
        ...(share < 1 ? [[`limit: ${covered?.limitedBy}`, 3] as const] : []),
      ]
  const read = `${Math.floor(share * 100)} %`
  return [...delivered(tally, read, share), ...rate(tally, seconds), ...aside(tally), ...pace]
}

/** Nothing delivered of much that is read: there was nothing in it, or it is under way. */
function delivered({ events, read }: Tally, share: string, done: number): Piece[] {
  if (events > 0 || done === 1)
    return [
      [share, 0],
      [counted(events, 'event'), 0],
    ]
  const time = [`${share} of the time read`, 0] as const
  if (read === 0) return [time, ['no event in it so far', 0]]
  return [time, [`${counted(read, 'event')} read`, 1], ['none delivered yet', 0]]
}

function rate({ events }: Tally, seconds: number): Piece[] {
  return seconds < 1 || events === 0 ? [] : [[`${Math.round(events / seconds).toLocaleString('en')}/s`, 4]]
}

function aside({ tooOld }: Tally): Piece[] {
  return tooOld > 0 ? [[`${tooOld.toLocaleString('en')} too old`, 1]] : []
}

/** Said while something is behind, and not before it matters. */
function retention({ newestAt, caughtUp, trouble }: Tally, now: number): Piece[] {
  const left = deletedInMs(newestAt, now)
  const isBehind = !caughtUp || trouble !== undefined
  return isBehind && left !== undefined && left < soonMs ? [[`unread events deleted in ${age(left)}`, 1]] : []
}

function counted(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
