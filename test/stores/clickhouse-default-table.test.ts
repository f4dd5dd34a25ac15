import { expect, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { type OwnCollector, startOwnCollector } from '../support/collector/own-collector.ts'
import { onceToOtlp, type Running, startCommand } from '../support/commands/run-command.ts'
import { startAsana, workspace } from '../support/servers/asana-server.ts'
import { type ClickHouse, startClickHouse, testWithClickHouse } from '../support/stores/clickhouse.ts'
import { clickHousePage } from '../support/stores/clickhouse-page.ts'
import { exporterRow, insertOf } from '../support/stores/clickhouse-row.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'

// What the page says of the table that the exporter makes if it may.

const testExporter = testWithClickHouse('clickhouse')
/** As the page says. */
const slow = { OTEL_EXPORTER_OTLP_TIMEOUT: '60000' }
const patient = { timeout: 280_000, interval: 50 }
const day = 86_400_000
const uid = "LogAttributes['log.record.uid']"
/** Three events each share a millisecond. */
const log = servedLog({ ...corpus(Date.now()), simulated: [] })

/** A log of one event a day, the newest of today. */
function daily(days: number): string[] {
  return Array.from({ length: days }, (_, number) => {
    const at = new Date(Date.now() - (days - number) * day)
    return JSON.stringify({ ...JSON.parse(log[0] ?? ''), gid: `day${number}`, created_at: at.toISOString() })
  })
}

/** The Collector of the page, but for these settings of its exporter. When this resolves, it has made its table. */
function startCollector(into: ClickHouse, settings: object): Promise<OwnCollector> {
  const config = parse(clickHousePage.collector)
  const its = { database: 'default', logs_table_name: 'otel_logs', create_schema: true, ...settings }
  Object.assign(config.exporters.clickhouse, its)
  return startOwnCollector(stringify(config), { CLICKHOUSE_ENDPOINT: into.origin })
}

async function deliver(events: string[], { origin }: OwnCollector): Promise<Running> {
  const asana = await startAsana({ events })
  return startCommand(onceToOtlp(), { env: { ...asana.env, OTEL_EXPORTER_OTLP_ENDPOINT: origin, ...slow } })
}

function insert(into: ClickHouse, table: string, events: readonly string[]): Promise<void> {
  const rows = events.map((text) => exporterRow(JSON.parse(text), workspace))
  return into.insert(insertOf(table, rows))
}

async function numberIn({ rows }: ClickHouse, sql: string): Promise<number> {
  const [row] = await rows<{ number: number }>(sql)
  if (!row) throw new Error(`no row: ${sql}`)
  return row.number
}

testExporter('it keeps repeats and refuses FINAL; LIMIT 1 BY the uid leaves each event once', async () => {
  const clickhouse = await startClickHouse()
  await startCollector(clickhouse, {})
  for (let time = 0; time < 2; time++) await insert(clickhouse, 'default.otel_logs', log)

  const of = (from: string): Promise<number> => numberIn(clickhouse, `SELECT count() AS number FROM ${from}`)
  expect(await of('default.otel_logs')).toBe(2 * log.length)
  await expect(of('default.otel_logs FINAL')).rejects.toThrow('ILLEGAL_FINAL')
  expect(await of(`(SELECT ${uid} FROM default.otel_logs LIMIT 1 BY ${uid})`)).toBe(log.length)
})

testExporter('as a ReplacingMergeTree in its own order it loses events of one millisecond', async () => {
  const clickhouse = await startClickHouse()
  await startCollector(clickhouse, { table_engine: { name: 'ReplacingMergeTree' } })
  await insert(clickhouse, 'default.otel_logs', log)

  const different = `SELECT uniqExact(${uid}) AS number FROM default.otel_logs FINAL`
  expect(await numberIn(clickhouse, different)).toBe(Math.ceil(log.length / 3))
})

testExporter('with a ttl of 30 days, older events are answered 200 and are gone', async () => {
  const clickhouse = await startClickHouse()
  const collector = await startCollector(clickhouse, { ttl: '720h' })
  const { finished } = await deliver(daily(80), collector)
  expect(await finished).toMatchObject({ code: 0 })

  const kept = (): Promise<number> => numberIn(clickhouse, 'SELECT count() AS number FROM default.otel_logs')
  await expect.poll(kept).toBe(29)
})

testExporter('it refuses an INSERT with events of over 100 days, and our table takes it', async () => {
  const clickhouse = await startClickHouse()
  await startCollector(clickhouse, {})
  await clickhouse.execute(clickHousePage.tables)

  const refused = insert(clickhouse, 'default.otel_logs', daily(120))
  await expect(refused).rejects.toThrow('Too many partitions for single INSERT block')
  await insert(clickhouse, 'asana.audit_log', daily(120))
  expect(await numberIn(clickhouse, 'SELECT count() AS number FROM asana.events')).toBe(120)
})

testExporter("what ClickHouse refuses waits, with ClickHouse's own words, until it is mended", async () => {
  const clickhouse = await startClickHouse()
  const ours = { database: 'asana', logs_table_name: 'audit_log', create_schema: false }
  const running = await deliver(log, await startCollector(clickhouse, ours))
  await vi.waitFor(() => expect(running.stderr()).toMatch(/answered 503.*asana does not exist/), patient)

  await clickhouse.execute(clickHousePage.tables)
  expect(await running.finished).toMatchObject({ code: 0 })
  expect(await numberIn(clickhouse, 'SELECT count() AS number FROM asana.events')).toBe(log.length)
  // The exporter found no table at its start, and so no column for it.
  const names = await clickhouse.rows('SELECT DISTINCT EventName FROM asana.audit_log')
  expect(names).toEqual([{ EventName: '' }])
})
