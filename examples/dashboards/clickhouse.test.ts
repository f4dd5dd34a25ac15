import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { contextAttributes } from '../../packages/schema/src/context.ts'
import { clickHouse } from '../../scripts/dashboards/grafana/clickhouse.ts'
import { type Panel, panelsIn } from '../../scripts/dashboards/panel.ts'
import { rows } from '../../scripts/dashboards/rows.ts'
import {
  busiestIn,
  type Choice,
  chosenFrom,
  everything,
  filledIn,
} from '../../test/support/dashboards/choice.ts'
import { expectShown, type Shown } from '../../test/support/dashboards/expect-shown.ts'
import { recordsOf } from '../../test/support/dashboards/expected.ts'
import { context, storedRecords, workspace } from '../../test/support/dashboards/records.ts'
import { codeBlocks } from '../../test/support/pages/readme-example.ts'
import { type ClickHouse, startClickHouse, testWithClickHouse } from '../../test/support/stores/clickhouse.ts'
import { exporterRow, insertOf } from '../../test/support/stores/clickhouse-row.ts'
import { corpus } from '../../test/support/stores/corpus.ts'

const day = 86_400_000
const page = readFileSync(join(import.meta.dirname, '../../docs/stores/clickhouse.md'), 'utf8')
const [table = ''] = codeBlocks(page, 'sql')

testWithClickHouse()('every panel of Grafana over ClickHouse shows what is there, counted once', async () => {
  const store = await startClickHouse()
  const until = Date.now()
  const { simulated, hostile } = corpus(until)
  const events = [...simulated, ...hostile]
  await store.execute(table)
  const inserted = events.map((event) =>
    exporterRow(event, workspace, contextAttributes(context(event) ?? {})),
  )
  // In two parts, which are not merged at once: the second has repeats.
  for (const part of [inserted, inserted.slice(0, 500)]) await store.insert(insertOf('asana.audit_log', part))

  const records = storedRecords(events)
  const range = { from: until - 90 * day, to: until + day }
  const panels = rows.flatMap((row) => panelsIn(row, 'clickhouse'))
  for (const panel of panels) expectShown(panel, await shownBy(store, panel, range, everything), records)
  const choice = busiestIn(records)
  const theirs = panels
    .map((panel) => ({ panel, about: chosenFrom(records, panel, choice) }))
    .filter(({ panel, about }) => recordsOf(panel, about).length > 0)
  expect(theirs.length).toBeGreaterThan(panels.length / 4)
  for (const { panel, about } of theirs) expectShown(panel, await shownBy(store, panel, range, choice), about)
})

interface AnswerRow {
  readonly name?: string
  readonly events?: string | number
  readonly first?: string
  readonly at?: string
}

/** Asks as Grafana's data source does, whose macros and variables it replaces, and reads what a panel shows. */
async function shownBy(
  store: ClickHouse,
  panel: Panel,
  { from, to }: { from: number; to: number },
  choice: Choice,
): Promise<Shown> {
  const { rawSql } = clickHouse.query(panel) as { rawSql: string }
  const seconds = (time: number) => Math.floor(time / 1000)
  const sql = filledIn(rawSql, choice)
    .replaceAll(
      /\$__timeFilter\((\w+)\)/g,
      `$1 >= toDateTime(${seconds(from)}) AND $1 <= toDateTime(${seconds(to)})`,
    )
    .replaceAll(/\$__timeInterval\((\w+)\)/g, 'toStartOfInterval(toDateTime($1), INTERVAL 86400 second)')
    .replaceAll('$table', 'asana.audit_log')
  const milliseconds = (column: string) => `toString(toUnixTimestamp64Milli(${column}))`
  if (panel.kind === 'list') {
    const times = await store.rows<AnswerRow>(`SELECT ${milliseconds('timestamp')} AS at FROM (${sql})`)
    return times.map(({ at }) => Number(at))
  }
  if (panel.kind === 'newest') {
    const found = await store.rows<AnswerRow>(
      `SELECT name, ${milliseconds('first_seen')} AS first FROM (${sql})`,
    )
    return new Map(found.map(({ name = '', first }) => [name, Number(first)]))
  }
  const sums = new Map<string, number>()
  for (const { name = '', events } of await store.rows<AnswerRow>(sql))
    sums.set(name, (sums.get(name) ?? 0) + Number(events))
  // What lacks the attribute has a name of its own.
  if (panel.kind === 'time') sums.delete('')
  return sums
}
