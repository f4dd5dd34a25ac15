import { isBusy, type Machine } from '../machine.ts'
import type { LegSummary } from '../summary.ts'
import { commandMarks } from './command-marks.ts'
import { legTable } from './leg-table.ts'
import { markTable } from './mark-table.ts'
import { marks } from './marks.ts'

/** All results as Markdown: machine and date, the marks of the pipeline and of the command, the chart, and a table for each leg. */
export function resultsText(legs: readonly LegSummary[], chartPath: string): string {
  return [
    conditions(legs),
    '### Marks',
    'Ratios of one run. "Stock" is the official Asana SDK, then `LoggerProvider`, `BatchLogRecordProcessor` with a flush a page, and the official exporter, carrying an equal record. The floor is `JSON.parse` and `JSON.stringify` with the same bytes in and out.',
    markTable(marks(legs)),
    '### Marks of the command',
    'What a user pays for, of the installed command as it is started: requests to Asana, memory, time to start, disk, and the wait for an event.',
    markTable(commandMarks(legs)),
    `![Events a second of each pipeline](${chartPath})`,
    ...legs.flatMap((leg) => [`### ${leg.title}`, leg.about, legTable(leg)]),
  ].join('\n\n')
}

function conditions(legs: readonly LegSummary[]): string {
  const groups = Map.groupBy(legs, ({ date, machine, quick }) => JSON.stringify([date, machine, quick]))
  const lines = [...groups.values()].map((group) => {
    const { date, machine, quick } = group[0]!
    const what = groups.size === 1 ? 'Measured' : `${group.map(({ title }) => title).join('; ')}: measured`
    return `${what} on ${date}, ${described(machine)}${quick ? ', in a quick run: one short round each' : ''}.${isBusy(machine) ? ` ${busy(machine)}` : ''}`
  })
  return `${lines.join(' ')} Medians; in brackets the least and the most.`
}

export function busy({ load }: Machine): string {
  return `The machine was busy with something else (load ${load}): elapsed times say little, CPU times more.`
}

export function described({ cpu, cores, memoryGb, platform, node }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}`
}
