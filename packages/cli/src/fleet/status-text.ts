import type { FleetStatus } from '@asana-audit/fleet'
import { counted } from '../counted.ts'
import { age } from '../progress/words/age.ts'
import { type Column, table } from '../query/table.ts'
import { safeText } from '../terminal/safe-text.ts'
import { say } from '../terminal/say.ts'

interface TextOptions {
  /** Most rows of a list. */
  readonly most: number
  /** Of the terminal; undefined in a pipe. */
  readonly width: number | undefined
}

/** What is wrong comes first, then what is under way. */
export function statusText(status: FleetStatus, options: TextOptions): void {
  const now = Date.parse(status.at)
  const ago = (time: string): string => `${age(now - Date.parse(time))} ago`
  const { active, paused, removed } = status.tenants
  say(`${counted(active, 'tenant')} active, ${paused} paused, ${removed} removed`)
  say(lagSentence(status))
  say(backlogSentence(status))
  workers(status, options, ago)
  list(
    { title: 'Behind', total: status.behind.count, rows: status.behind.furthest },
    [{ title: 'tenant' }, { title: 'saved' }, { title: 'why', below: true }],
    ({ tenant, since, why = 'Nothing is known to be wrong; its next turn may say.' }) => [
      tenant,
      ago(since),
      why,
    ],
    options,
  )
  list(
    { title: 'Paused', total: status.paused.length, rows: status.paused },
    [{ title: 'tenant' }, { title: 'since' }, { title: 'next try' }, { title: 'why', below: true }],
    ({ tenant, since, nextTry, message }) => [
      tenant,
      ago(since),
      nextTry === undefined ? 'when resumed' : inTime(nextTry, now),
      message,
    ],
    options,
  )
  list(
    { title: 'Histories', total: status.backlogs.length, rows: status.backlogs },
    [
      { title: 'tenant' },
      { title: 'read', align: 'right' },
      { title: 'events', align: 'right' },
      { title: 'left' },
    ],
    ({ tenant, share, delivered, leftMs }) => [
      tenant,
      `${Math.floor(share * 100)} %`,
      delivered.toLocaleString('en'),
      leftMs === undefined ? 'not known yet' : `about ${age(leftMs)}`,
    ],
    options,
  )
}

function lagSentence({ lag, behind }: FleetStatus): string {
  if (!lag) return 'New events: no tenant is active.'
  const seconds = (value: number): string => `${Math.round(value).toLocaleString('en')} s`
  const late = behind.count === 0 ? 'none is behind' : `${counted(behind.count, 'tenant')} behind`
  return `New events: half of the tenants lag ${seconds(lag.p50Seconds)} or less, 99 % ${seconds(lag.p99Seconds)}, the most is ${seconds(lag.oldestSeconds)}; ${late}`
}

function backlogSentence({ backlogs }: FleetStatus): string {
  if (backlogs.length === 0) return 'Histories: none is under way'
  const known = backlogs.flatMap(({ leftMs }) => leftMs ?? [])
  const longest = known.length === 0 ? '' : `, the longest about ${age(Math.max(...known))} more`
  return `Histories: ${backlogs.length.toLocaleString('en')} under way${longest}`
}

function workers({ workers: all }: FleetStatus, options: TextOptions, ago: (time: string) => string): void {
  if (all.length === 0) {
    say('')
    say('! No worker runs, so nothing is delivered. Start one: asana-audit fleet worker --config fleet.yaml')
    return
  }
  list(
    { title: 'Workers', total: all.length, rows: all },
    [
      { title: 'name' },
      { title: 'version' },
      { title: 'started' },
      { title: 'reported' },
      { title: 'slots', align: 'right' },
      { title: '' },
    ],
    ({ name, version, startedAt, seenAt, slots, silent }) => [
      ...[name, version, ago(startedAt), ago(seenAt), String(slots)],
      silent ? 'silent: dead, stopped or cut off; others take its turns' : '',
    ],
    options,
  )
}

interface List<Row> {
  readonly title: string
  readonly total: number
  readonly rows: readonly Row[]
}

function list<Row>(
  { title, total, rows }: List<Row>,
  columns: readonly Column[],
  cells: (row: Row) => readonly string[],
  { most, width }: TextOptions,
): void {
  if (total === 0) return
  say('')
  const shown = rows.slice(0, most)
  say(
    `${title}${shown.length < total ? ` (${shown.length} of ${total.toLocaleString('en')}; --all shows all)` : ''}`,
  )
  const room = width === undefined ? undefined : width - 2
  const lines = table({ columns, width: room, write: (line) => process.stdout.write(`  ${line}\n`) })
  for (const row of shown) lines.row(cells(row).map(safeText))
  lines.end()
}

function inTime(time: string, now: number): string {
  const ms = Date.parse(time) - now
  return ms <= 0 ? 'now' : `in ${age(ms)}`
}
