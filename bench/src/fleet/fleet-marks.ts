import { atMost, type Figure, type Mark, mark, ratio } from '../report/mark.ts'
import { number } from '../report/number.ts'
import { engineMs, type FleetFigures, type FleetRow, perPoll } from './fleet-case.ts'
import { rowNames } from './fleet-cases.ts'

/** How much more memory after half an hour still counts as flat, in MB for all workers. */
const flatMb = 30

/** The goals for many tenants, beside what was measured. */
export function fleetMarks(rows: readonly FleetRow[]): Mark[] {
  const rowOf = (name: string): FleetRow | undefined => rows.find(({ one }) => one.name === name)
  const find = (name: string): FleetFigures | undefined => rowOf(name)?.figures
  const [grouped, single, plain] = [find(rowNames.grouped), find(rowNames.single), find(rowNames.plain)]
  const [minute, backlogs] = [find(rowNames.minute), find(rowNames.backlogs)]
  const groupedRow = rowOf(rowNames.grouped)
  const engine = groupedRow && engineMs(groupedRow, rows)
  const growth = minute && minute.lastMb - minute.firstMb
  return [
    mark('10,000 tenants a minute, in all', '0.35 core; p99 of the gap under 62 s', '0.2 core', [
      atMost('core', minute?.cores, 0.35, 0.2),
      atMost('s', minute?.highGap, 62, 62),
    ]),
    mark(
      'Memory of the workers over that time',
      `${flatMb} MB more at most; live heap 2 MB more at most`,
      'the same',
      [
        atMost('MB more', growth, flatMb, flatMb),
        atMost('MB more live heap', minute && minute.heapMb[1] - minute.heapMb[0], 2, 2),
      ],
    ),
    mark('Polls per core-second of engine and database, without request and delivery', '1,500', '1,500', [
      atLeast(`polls${subtracted(grouped, engine)}`, engine && 1_000 / engine, 1_500),
    ]),
    mark('Polls per core-second in all, request and delivery included', '–', '–', [
      atLeast('polls', grouped?.pollsPerCoreSecond, 0),
    ]),
    mark(
      'Commits that wait for others: CPU of an idle poll without that (groupMs 0), against with it',
      '–',
      '–',
      [ratio(of(single) / of(grouped), 0, 0)],
    ),
    mark('CPU of an idle poll, against the plain loop with SQLite', '–', '–', [
      ratio(of(grouped) / of(plain), 0, 0),
    ]),
    mark('4,000 tenants a minute while 50 backlogs run', 'p99 of the gap under 70 s', 'the same', [
      atMost('s', backlogs?.highGap, 70, 70),
    ]),
  ]
}

/** So that nobody takes the figure for that of all. */
function subtracted(figures: FleetFigures | undefined, engine: number | undefined): string {
  if (!figures || engine === undefined) return ''
  const all = perPoll(figures)
  return ` (${number(engine)} ms a poll: ${number(all)} in all, less ${number(all - engine)})`
}

function of(figures: FleetFigures | undefined): number {
  return figures ? perPoll(figures) : Number.NaN
}

function atLeast(what: string, value: number | undefined, goal: number): Figure {
  return { text: value === undefined ? '–' : `${number(value)} ${what}`, value, must: goal, aim: goal }
}
