import { type FigureName, figureColumns } from '../figures.ts'
import type { LegSummary, RowSummary, Spread } from '../summary.ts'
import { number, share, times } from './number.ts'

interface Column {
  readonly title: string
  /** Undefined if a row has no such figure. A column without figures is left out. */
  readonly value: (row: RowSummary, floor: RowSummary | undefined) => string | undefined
}

const columns: readonly Column[] = [
  { title: 'µs an event', value: ({ wall }) => wall && withSpread(wall) },
  { title: '× floor', value: ({ wall }, floor) => multiple(wall, floor?.wall) },
  { title: 'CPU µs an event', value: ({ cpu }) => cpu && withSpread(cpu) },
  { title: '× floor (CPU)', value: ({ cpu }, floor) => multiple(cpu, floor?.cpu) },
  { title: 'events/s', value: ({ eventsPerSecond }) => eventsPerSecond?.toLocaleString('en') },
  { title: 'live heap MB', value: ({ heapMb }) => heapMb?.map(number).join(' → ') },
  { title: 'peak MB', value: ({ peakMb }) => peakMb?.toString() },
  { title: 'bytes sent', value: ({ sentBytes }) => sentBytes?.toLocaleString('en') },
  { title: 'bytes stored', value: ({ storedBytes }) => storedBytes?.toLocaleString('en') },
  { title: '429', value: ({ refused }) => (refused ? String(refused) : undefined) },
  { title: 'lost', value: ({ lost, events }) => (lost === undefined ? undefined : share(lost, events)) },
  { title: 'set aside', value: ({ setAside }) => (setAside ? String(setAside) : undefined) },
]

const figures: readonly Column[] = Object.entries(figureColumns).map(([name, { title, text }]) => ({
  title,
  value: ({ figures: measured }) => {
    const figure = measured?.[name as FigureName]
    return figure && withSpread(figure, text)
  },
}))

const timesFloor: Column = {
  title: '× floor',
  value: ({ figures: own }, floor) => multiple(own?.ms, floor?.figures?.ms),
}

/** The figures of a leg as a table in Markdown: medians, with the least and the most in brackets. */
export function legTable({ rows }: Pick<LegSummary, 'rows'>): string {
  const floorOf = (row: RowSummary): RowSummary | undefined => rows.find(({ name }) => name === row.floor)
  const shown = [timesFloor, ...figures, ...columns].filter(({ value }) =>
    rows.some((row) => value(row, floorOf(row)) !== undefined),
  )
  const lines = rows.map((row) => {
    const cells = shown.map(({ value }) => value(row, floorOf(row)) ?? '')
    return [
      row.kind === 'ours' ? `**${row.name}**` : row.name,
      ...(isMeasured(row) ? cells : failed(row, cells)),
    ]
  })
  return markdownTable([['', ...shown.map(({ title }) => title)], ...lines])
}

export function markdownTable(
  rows: readonly (readonly string[])[],
  figures: 'left' | 'right' = 'right',
): string {
  const [head = [], ...body] = rows
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(head),
    line(head.map((_, column) => (column === 0 || figures === 'left' ? '---' : '--:'))),
    ...body.map(line),
  ].join('\n')
}

function isMeasured({ wall, figures: measured }: RowSummary): boolean {
  return wall !== undefined || measured !== undefined
}

function failed({ failures }: RowSummary, cells: readonly string[]): string[] {
  return [`fails: ${failures[0]?.replaceAll('|', '\\|')}`, ...cells.slice(1).map(() => '')]
}

function withSpread({ median, least, most }: Spread, text: (value: number) => string = number): string {
  return text(least) === text(most) ? text(median) : `${text(median)} (${text(least)}–${text(most)})`
}

function multiple(value: Spread | undefined, floor: Spread | undefined): string | undefined {
  return value && floor && times(value.median / floor.median)
}
