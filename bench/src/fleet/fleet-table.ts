import { markdownTable } from '../report/leg-table.ts'
import { number } from '../report/number.ts'
import type { FleetFigures, FleetRow } from './fleet-case.ts'

interface Column {
  readonly title: string
  readonly text: (figures: FleetFigures) => string
}

const optional = (value: number | undefined): string => (value === undefined ? '' : number(value))
const megabytes = (value: number): string => value.toFixed(0)

const columns: readonly Column[] = [
  { title: 'polls/s', text: ({ pollsPerSecond }) => number(pollsPerSecond) },
  { title: 'Node ms a poll', text: ({ nodeMs }) => number(nodeMs) },
  { title: 'PostgreSQL ms a poll', text: ({ postgresMs }) => optional(postgresMs) },
  { title: 'polls per core-second', text: ({ pollsPerCoreSecond }) => number(pollsPerCoreSecond) },
  { title: 'cores', text: ({ cores }) => number(cores) },
  { title: 'transactions/s', text: ({ commitsPerSecond }) => optional(commitsPerSecond) },
  { title: 'WAL bytes a poll', text: ({ walBytes }) => optional(walBytes) },
  { title: 'gap median s', text: ({ medianGap }) => number(medianGap) },
  { title: '99th percentile s', text: ({ highGap }) => number(highGap) },
  { title: 'most s', text: ({ mostGap }) => number(mostGap) },
  {
    title: 'backlog pages/s',
    text: ({ backlogPagesPerSecond: pages }) => (pages === 0 ? '' : number(pages)),
  },
  { title: 'resident MB', text: ({ firstMb, lastMb }) => `${megabytes(firstMb)} → ${megabytes(lastMb)}` },
  { title: 'at most', text: ({ mostMb }) => megabytes(mostMb) },
  { title: 'live heap MB of one', text: ({ heapMb }) => heapMb.map(number).join(' → ') },
]

export function fleetTable(rows: readonly FleetRow[]): string {
  const shown = columns.filter(({ text }) => rows.some(({ figures }) => figures && text(figures) !== ''))
  const lines = rows.map(({ one, figures, error }) => [
    one.engine === 'fleet' ? `**${one.name}**` : one.name,
    ...(figures
      ? shown.map(({ text }) => text(figures))
      : [`fails: ${error}`, ...shown.slice(1).map(() => '')]),
  ])
  return markdownTable([['', ...shown.map(({ title }) => title)], ...lines])
}
