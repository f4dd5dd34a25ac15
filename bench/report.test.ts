import { expect, test } from 'vitest'
import { figureColumns } from './src/figures.ts'
import { allLegs } from './src/legs/index.ts'
import { fullScale, quickScale, type Scale } from './src/legs/row.ts'
import { measures } from './src/measures/index.ts'
import { chart } from './src/report/chart.ts'
import { commandMarks } from './src/report/command-marks.ts'
import { legTable } from './src/report/leg-table.ts'
import { marks } from './src/report/marks.ts'
import { resultsText } from './src/report/results-text.ts'
import type { LegSummary, RowSummary } from './src/summary.ts'

const machine = { cpu: 'A CPU', cores: 2, memoryGb: 8, platform: 'linux x64', node: 'v24', load: 0.4 }

const figures = (): NonNullable<RowSummary['figures']> =>
  Object.fromEntries(Object.keys(figureColumns).map((name) => [name, { median: 1, least: 1, most: 1 }]))

/** Results as if every row took 10 µs for an event, with the changes of `changed`. */
function measured(scale: Scale, changed: Record<string, Partial<RowSummary>> = {}): LegSummary[] {
  const spread = { median: 10, least: 9, most: 11 }
  return allLegs(scale).map(({ cases, ...leg }) => ({
    ...{ ...leg, date: '2026-01-01', machine, quick: scale.quick },
    rows: cases.map(({ name, kind, floor = 'floor', events, variant }) => ({
      ...{ name, kind, floor, events, rounds: 1, failures: [], wall: spread, cpu: spread },
      ...{ eventsPerSecond: 100_000, peakMb: 100, heapMb: [10, 11], requests: 1, refused: 0, lost: 0 },
      ...(measures.has(variant) && variant !== 'collector' && { figures: figures() }),
      ...changed[`${leg.name}/${name}`],
    })),
  }))
}

test.each([fullScale, quickScale])('every mark has the rows that measure it', (scale) => {
  expect(marks(measured(scale)).filter(({ reached }) => reached === undefined)).toEqual([])
})

test('every mark of the command has the rows that measure it; a quick run does not wait for a quiet tenant', () => {
  const missing = (scale: Scale) =>
    commandMarks(measured(scale)).flatMap(({ work, reached }) => (reached === undefined ? [work] : []))
  expect(missing(fullScale)).toEqual([])
  expect(missing(quickScale)).toEqual([expect.stringContaining('A quiet tenant')])
})

test('a mark of the command is reached by its ratio to a row of the same run', () => {
  const cpu = (median: number) => ({ cpu: { median, least: median, most: median } })
  const of = (three: number) => {
    const changed = { 'destinations/3 destinations': cpu(three) }
    return commandMarks(measured(fullScale, changed)).find(({ work }) => /CPU an event/.test(work))
  }
  expect(of(14)).toMatchObject({ measured: '1.40 ×', reached: 'aim' })
  expect(of(17)).toMatchObject({ measured: '1.70 ×', reached: 'must' })
  expect(of(27)).toMatchObject({ measured: '2.70 ×', reached: 'no' })
})

test('a mark about memory counts Node itself with what it took where the goals were set', () => {
  const of = (nodeMb: number, runMb: number) => {
    const one = (median: number) => ({
      figures: { ...figures(), residentMb: { median, least: median, most: median } },
    })
    const changed = { 'start/node -e 0': one(nodeMb), 'rest/run': one(runMb) }
    return commandMarks(measured(fullScale, changed)).find(({ work }) => /resident after ten/.test(work))
  }
  expect(of(43, 99)).toMatchObject({ measured: '99 MB', reached: 'must' })
  expect(of(71, 127)).toMatchObject({ measured: '127 MB (99 where Node itself takes 43)', reached: 'must' })
  expect(of(71, 129)).toMatchObject({ reached: 'no' })
})

test('a table shows the figures of a program if a row has them, and the ratio to its floor', () => {
  const rows = measured(fullScale).find(({ name }) => name === 'start')!.rows
  const spread = (median: number) => ({ median, least: median, most: median })
  const [node, version] = rows.map(({ wall: _, cpu: __, eventsPerSecond: ___, ...row }) => row)
  const table = legTable({
    rows: [
      { ...node!, figures: { ms: spread(50), residentMb: spread(43) } },
      { ...version!, figures: { ms: spread(300), residentMb: spread(75.4) } },
    ],
  })
  expect(table).toContain('| **--version** | 6.00 × | 300 | 75 |')
})

test('the names of rows are unique in their leg, because results are found by name', () => {
  for (const { name, cases } of allLegs(fullScale)) {
    expect(new Set(cases.map((one) => one.name)).size, name).toBe(cases.length)
  }
})

test('a mark is reached only if all its figures are', () => {
  const fast = { 'fetch/ours, one operation, gzip': { eventsPerSecond: 180_000 } }
  const faster = { 'fetch/ours, one operation, gzip': { eventsPerSecond: 200_000 } }
  const of = (legs: LegSummary[], work: RegExp) => marks(legs).find((mark) => work.test(mark.work))
  expect(of(measured(fullScale), /Page fetch/)).toMatchObject({ measured: '1.00 ×', reached: 'no' })
  expect(of(measured(fullScale, fast), /Page fetch/)).toMatchObject({ measured: '1.80 ×', reached: 'must' })
  expect(of(measured(fullScale, faster), /Page fetch/)).toMatchObject({ measured: '2.00 ×', reached: 'aim' })
  const stock = 'whole-otlp/asana SDK, stock SDK, JSON, a flush a page'
  const half = measured(fullScale, { [stock]: { eventsPerSecond: 20_000 } })
  expect(of(half, /against stock JSON, stock protobuf/)).toMatchObject({ reached: 'no' })
})

test('one lost event or one failed row of ours misses the mark', () => {
  const row = 'losses/slow: ours, OTLP'
  const reached = (changed: object) =>
    marks(measured(fullScale, { [row]: changed })).find(({ work }) => /lost/.test(work))?.reached
  expect(reached({})).toBe('aim')
  expect(reached({ lost: 1 })).toBe('no')
  expect(reached({ wall: undefined, lost: undefined })).toBeUndefined()
})

test('a table leaves out columns without figures, and says why a row failed', () => {
  const rows = measured(fullScale)[0]!.rows.filter(({ name }) => ['floor', 'ours, protobuf'].includes(name))
  const { wall: _, cpu: __, ...second } = rows[1]!
  const table = legTable({ rows: [rows[0]!, { ...second, failures: ['it | broke'] }] })
  expect(table).toContain('| floor | 10.0 (9.00–11.0) | 1.00 × |')
  expect(table).toContain('| **ours, protobuf** | fails: it \\| broke |')
  expect(table).not.toContain('429')
})

test('the page names the machine and the date once, and the chart shows each pipeline', async () => {
  const legs = measured(fullScale)
  const text = resultsText(legs, 'chart.svg')
  expect(text.match(/Measured on 2026-01-01, A CPU, 2 cores, 8 GB, linux x64, Node v24/g)).toHaveLength(1)
  const svg = await chart(legs)
  for (const { name } of legs.find((leg) => leg.name === 'whole-hec')!.rows)
    expect(svg.includes(`>${name}<`), name).toBe(true)
})
