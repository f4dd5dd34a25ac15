import { markdownTable } from '../report/leg-table.ts'
import { number } from '../report/number.ts'
import { engineMs, type FleetFigures, type FleetRow } from './fleet-case.ts'

interface Column {
  readonly title: string
  readonly text: (figures: FleetFigures, engineMs: number | undefined, tenants: number) => string
}

const optional = (value: number | undefined): string => (value === undefined ? '' : number(value))
const megabytes = (value: number): string => value.toFixed(0)

const columns: readonly Column[] = [
  { title: 'polls/s', text: ({ pollsPerSecond }) => number(pollsPerSecond) },
  { title: 'Node ms a poll', text: ({ nodeMs }) => number(nodeMs) },
  { title: 'PostgreSQL ms a poll', text: ({ postgresMs }) => optional(postgresMs) },
  { title: 'polls per core-second', text: ({ pollsPerCoreSecond }) => number(pollsPerCoreSecond) },
  { title: 'engine and database ms a poll', text: (_, engine) => optional(engine) },
  { title: 'polls per core-second of these', text: (_, engine) => optional(engine && 1_000 / engine) },
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
  { title: 'kB of that a tenant', text: ({ mostMb }, _, tenants) => number((mostMb * 1_024) / tenants) },
  { title: 'live heap MB of one', text: ({ heapMb }) => heapMb.map(number).join(' → ') },
]

export function fleetTable(rows: readonly FleetRow[]): string {
  const textOf = ({ text }: Column, row: FleetRow): string =>
    row.figures ? text(row.figures, engineMs(row, rows), row.one.tenants.tenants) : ''
  const shown = columns.filter((column) => rows.some((row) => textOf(column, row) !== ''))
  const lines = rows.map((row) => [
    row.one.engine === 'fleet' ? `**${row.one.name}**` : row.one.name,
    ...shown.map((column, index) => (row.figures || index > 0 ? textOf(column, row) : `fails: ${row.error}`)),
  ])
  return markdownTable([['', ...shown.map(({ title }) => title)], ...lines])
}
