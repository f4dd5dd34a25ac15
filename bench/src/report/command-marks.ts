import type { FigureName } from '../figures.ts'
import type { LegSummary, RowSummary } from '../summary.ts'
import { atMost, type Figure, type Mark, mark, percent, ratio } from './mark.ts'

type Find = (row: string) => RowSummary | undefined

/** The goals for the installed command, beside what was measured. */
export function commandMarks(legs: readonly LegSummary[]): Mark[] {
  const rows =
    (leg: string): Find =>
    (row) =>
      legs.find(({ name }) => name === leg)?.rows.find(({ name }) => name === row)
  const asOnce = onMachineOfMarks(figure(rows('start')('node -e 0'), 'residentMb'))
  return [
    ...destinations(rows('destinations')),
    ...rest(rows('rest'), asOnce),
    ...start(rows('start'), asOnce),
    limit(rows('limit'), asOnce),
    requestsOfBackfill(rows('backfill-requests')),
    tail(rows('tail')),
  ]
}

/** The median of a figure of a row. */
function figure(row: RowSummary | undefined, name: FigureName): number {
  return row?.figures?.[name]?.median ?? Number.NaN
}

/** What Node alone had resident on the machine that the goals were set on. */
const nodeMb = 43

/**
 * Memory in MB, and its goals. How many pages of Node's own file are resident differs from kernel to kernel by some 30 MB. They are
 * shared by all processes, so the goal is for the rest.
 */
type Memory = (value: number | undefined, must: number, aim: number) => Figure

function onMachineOfMarks(nodeHereMb: number): Memory {
  const more = Math.max(0, nodeHereMb - nodeMb)
  return (value, must, aim) => {
    const plain = atMost('MB', value, must, aim)
    if (value === undefined || !(more >= 1)) return plain
    const less = Math.round(value - more)
    return {
      ...plain,
      value: less,
      text: `${Math.round(value)} MB (${less} where Node itself takes ${nodeMb})`,
    }
  }
}

/** A ratio; less is better. */
function atMostTimes(value: number, must: number, aim: number): Figure {
  return { ...ratio(value, must, aim), lessIsBetter: true }
}

function destinations(find: Find): Mark[] {
  const [one, three] = [find('1 destination'), find('3 destinations')]
  const cpu = (three?.cpu?.median ?? Number.NaN) / (one?.cpu?.median ?? Number.NaN)
  return [
    mark(
      'Three destinations of one workspace: requests to Asana against one; events lost',
      '1.05 ×; 0',
      '1.0 ×',
      [
        atMostTimes(figure(three, 'requests') / figure(one, 'requests'), 1.05, 1.005),
        atMost('lost', three?.lost, 0, 0),
      ],
    ),
    mark('The same: CPU an event against one destination', '1.8 ×', '1.5 ×', [atMostTimes(cpu, 1.8, 1.5)]),
  ]
}

function rest(find: Find, memory: Memory): Mark[] {
  const run = find('run')
  return [
    mark('A caught-up tail to OTLP, resident after ten minutes', '100 MB', '80 MB', [
      memory(figure(run, 'residentMb'), 100, 80),
    ]),
    mark('With no new event: writes of the state a minute', '1', '0.5', [
      atMost('a minute', figure(find('run, without a backlog'), 'writesPerMinute'), 1, 0.5),
    ]),
    mark('A quiet tenant with `max_poll: 60s`: requests an hour', '70', '62', [
      atMost('an hour', figure(find('run, max_poll: 60s'), 'requestsPerHour'), 70, 62),
    ]),
  ]
}

function start(find: Find, memory: Memory): Mark[] {
  const node = figure(find('node -e 0'), 'ms')
  const version = find('--version')
  const installed = find('asana-audit, installed')
  return [
    mark('`--version`: time against `node -e 0`; most resident', '6 ×; 75 MB', '4 ×; 60 MB', [
      atMostTimes(figure(version, 'ms') / node, 6, 4),
      memory(figure(version, 'residentMb'), 75, 60),
    ]),
    mark('From start to the first event at the receiver, against `node -e 0`', '20 ×', '14 ×', [
      atMostTimes(figure(find('run, to the first event'), 'ms') / node, 20, 14),
    ]),
    mark('`asana-audit`, packed and installed', '15 MB', '10 MB', [
      atMost('MB', figure(installed, 'installedMb'), 15, 10),
    ]),
  ]
}

function limit(find: Find, memory: Memory): Mark {
  const [run, backfill] = [find('run --once'), find('backfill')]
  return mark(
    'A million events, no flags: most resident of one pipeline; of a backfill in 8 windows',
    '220 MB; 300 MB',
    '160 MB; 220 MB',
    [memory(run?.peakMb, 220, 160), memory(backfill?.peakMb, 300, 220)],
  )
}

function requestsOfBackfill(find: Find): Mark {
  const backfill = find('backfill')
  return mark(
    'Backfill of 200,000 events in 30 days, 8 windows: requests a full page; share of the default budget turned into pages',
    '1.10; 88 %',
    '1.05; 94 %',
    [
      atMost('a page', figure(backfill, 'requestsPerPage'), 1.1, 1.05),
      percent(figure(backfill, 'budgetShare'), 88, 94),
    ],
  )
}

/** The worse of both paces. */
function tail(find: Find): Mark {
  const runs = [find('20 events a second: run'), find('2.5 events a second: run')]
  const worst = (name: FigureName): number => Math.max(...runs.map((run) => figure(run, name)))
  const peer = figure(
    find('20 events a second: asana SDK, stock SDK, a flush a page, every 10 s'),
    'highDelay',
  )
  const beside = Number.isNaN(peer) ? '' : ` (a script: ${peer.toFixed(1)} s)`
  return mark(
    'A busy tail, 20 and 2.5 events a second: 99th percentile from Asana to the receiver; requests a second',
    '3 s; 1',
    '2 s',
    [
      atMost(`s${beside}`, worst('highDelay'), 3, 2),
      atMost('requests a second', worst('requestsPerSecond'), 1, 1),
    ],
  )
}
