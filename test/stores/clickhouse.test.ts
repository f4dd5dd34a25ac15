import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { AuditLogEvent } from '../../packages/schema/src/index.ts'
import { startAsana, workspace } from '../support/asana-server.ts'
import { startOwnCollector } from '../support/collector/own-collector.ts'
import { codeBlocks } from '../support/readme-example.ts'
import { runCommand, temporaryFolder } from '../support/run-command.ts'
import { startClickHouse, testWithClickHouse } from '../support/stores/clickhouse.ts'
import { type ExporterRow, exporterRow, insertOf, rowsOf } from '../support/stores/clickhouse-row.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/stores/clickhouse.md'), 'utf8')
const [tables = ''] = codeBlocks(page, 'sql')
const [collectorConfig = ''] = codeBlocks(page, 'yaml')
const served = servedLog(corpus(Date.now()))
const events: readonly AuditLogEvent[] = served.map((text) => JSON.parse(text))

const testClickHouse = testWithClickHouse()
const testExporter = testWithClickHouse('clickhouse')

const uidOf = ({ LogAttributes }: ExporterRow): string => LogAttributes['log.record.uid'] ?? ''

testExporter('every event of the corpus is a row that holds what our mapping says', async () => {
  const clickhouse = await startClickHouse()
  await clickhouse.execute(tables)
  const collector = await startOwnCollector(collectorConfig, { CLICKHOUSE_ENDPOINT: clickhouse.origin })
  const asana = await startAsana({ events: served })
  const env = { ...asana.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin }

  const args = ['run', '--once', '--to', 'otlp', '--state', join(temporaryFolder(), 'state.db')]
  expect(await runCommand(args, { env })).toMatchObject({ code: 0 })

  const expected = new Map(events.map((event) => [event.gid, exporterRow(event, workspace)]))
  const rows = await clickhouse.rows<ExporterRow>(rowsOf('asana.audit_log'))
  expect(new Set(rows.map(uidOf))).toEqual(new Set(expected.keys()))
  expect(rows.length).toBe(events.length)
  for (const row of rows) expect(row).toEqual(expected.get(uidOf(row)))
})

testClickHouse('our table keeps every event, and its view has none twice', async () => {
  const clickhouse = await startClickHouse()
  await clickhouse.execute(tables)
  const rows = events.map((event) => exporterRow(event, workspace))
  for (let time = 0; time < 2; time++) await clickhouse.insert(insertOf('asana.audit_log', rows))

  const [found] = await clickhouse.rows(
    'SELECT count() AS times, uniqExact(id) AS different FROM asana.events',
  )

  expect(found).toEqual({ times: events.length, different: events.length })
  const kept = await clickhouse.rows<ExporterRow>(rowsOf('asana.audit_log FINAL'))
  expect(kept).toEqual(rows.toSorted((one, other) => (uidOf(one) < uidOf(other) ? -1 : 1)))
})
