import { expect, vi } from 'vitest'
import type { AuditLogEvent } from '../../packages/schema/src/index.ts'
import { startOwnCollector } from '../support/collector/own-collector.ts'
import { onceToOtlp, runCommand, startCommand } from '../support/commands/run-command.ts'
import { hostileEvents } from '../support/data/hostile-events.ts'
import { startAsana, workspace } from '../support/servers/asana-server.ts'
import { startClickHouse, testWithClickHouse } from '../support/stores/clickhouse.ts'
import { clickHousePage } from '../support/stores/clickhouse-page.ts'
import { type ExporterRow, exporterRow, insertOf, rowsOf } from '../support/stores/clickhouse-row.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'

const { tables, collector: config } = clickHousePage
/** As the page says. */
const slow = { OTEL_EXPORTER_OTLP_TIMEOUT: '60000' }
const patient = { timeout: 280_000, interval: 50 }
const served = servedLog(corpus(Date.now()))
const events: readonly AuditLogEvent[] = served.map((text) => JSON.parse(text))

const testClickHouse = testWithClickHouse()
const testExporter = testWithClickHouse('clickhouse')
const testProcessor = testWithClickHouse('clickhouse', 'transform')

const uidOf = ({ LogAttributes }: ExporterRow): string => LogAttributes['log.record.uid'] ?? ''

testExporter('every event of the corpus is a row that holds what our mapping says', async () => {
  const clickhouse = await startClickHouse()
  await clickhouse.execute(tables)
  const collector = await startOwnCollector(config, { CLICKHOUSE_ENDPOINT: clickhouse.origin })
  const asana = await startAsana({ events: served })
  const env = { ...asana.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin, ...slow }

  expect(await runCommand(onceToOtlp(), { env })).toMatchObject({ code: 0 })

  const expected = new Map(events.map((event) => [event.gid, exporterRow(event, workspace)]))
  const rows = await clickhouse.rows<ExporterRow>(rowsOf('asana.audit_log FINAL'))
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

testExporter('nothing is missing after kills of ClickHouse and of the Collector', async () => {
  const clickhouse = await startClickHouse()
  await clickhouse.execute(tables)
  const collector = await startOwnCollector(config, { CLICKHOUSE_ENDPOINT: clickhouse.origin })
  const asana = await startAsana({ events: served })
  await clickhouse.kill()
  const running = startCommand(onceToOtlp(), {
    env: { ...asana.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin, ...slow },
  })
  await vi.waitFor(() => expect(running.stderr()).toContain('"retrying"'), patient)
  await clickhouse.start()
  const arrived = async (): Promise<unknown> => {
    const [row] = await clickhouse.rows<{ rows: number }>('SELECT count() AS rows FROM asana.audit_log')
    return row?.rows
  }
  await expect.poll(arrived, patient).toBeGreaterThan(0)
  for (const one of [clickhouse, collector, clickhouse]) {
    await one.kill()
    await one.start()
  }

  expect(await running.finished).toMatchObject({ code: 0 })
  const ids = await clickhouse.rows<{ id: string }>('SELECT id FROM asana.events')
  expect(ids.map(({ id }) => id).toSorted()).toEqual(events.map(({ gid }) => gid).toSorted())
})

testClickHouse('a replayed event does not take the place of the live one; alone it is marked', async () => {
  const clickhouse = await startClickHouse()
  await clickhouse.execute(tables)
  const [both, alone] = events.slice(0, 2).map((event) => exporterRow(event, workspace))
  if (!both || !alone) throw new Error('The corpus is empty.')
  const replayed = [both, alone].map((row) => ({
    ...row,
    LogAttributes: { ...row.LogAttributes, 'asana.audit.replay': 'true' },
  }))
  await clickhouse.insert(insertOf('asana.audit_log', [both]))
  await clickhouse.insert(insertOf('asana.audit_log', replayed))

  const found = await clickhouse.rows('SELECT id, replayed FROM asana.events')

  expect(found).toHaveLength(2)
  expect(found).toContainEqual({ id: uidOf(both), replayed: false })
  expect(found).toContainEqual({ id: uidOf(alone), replayed: true })
})

testClickHouse('records without a uid are kept apart by what they hold', async () => {
  const clickhouse = await startClickHouse()
  await clickhouse.execute(tables)
  const rows = events.slice(0, 3).map((event) => {
    const row = exporterRow(event, workspace)
    const { 'log.record.uid': _, ...LogAttributes } = row.LogAttributes
    return { ...row, LogAttributes }
  })
  for (let time = 0; time < 2; time++) await clickhouse.insert(insertOf('asana.audit_log', rows))

  const [found] = await clickhouse.rows('SELECT count() AS events FROM asana.events')

  expect(found).toEqual({ events: 3 })
})

testExporter(
  'times and texts that no store expects are rows too, and a time OTLP lacks is that of reading',
  async () => {
    const clickhouse = await startClickHouse()
    await clickhouse.execute(tables)
    const collector = await startOwnCollector(config, { CLICKHOUSE_ENDPOINT: clickhouse.origin })
    // Among the last are ids that no UTF-8 can hold.
    const hostile = hostileEvents(130)
    const asana = await startAsana({ events: hostile.map(({ json }) => json) })
    const since = BigInt(Date.now()) * 1_000_000n
    const env = { ...asana.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin, ...slow }
    expect(await runCommand(onceToOtlp(), { env })).toMatchObject({ code: 0 })

    const rows = await clickhouse.rows<ExporterRow>(rowsOf('asana.audit_log FINAL'))
    expect(rows).toHaveLength(hostile.length)
    const keyOf = ({ LogAttributes }: ExporterRow): string =>
      JSON.stringify(Object.entries(LogAttributes).toSorted(([one], [other]) => (one < other ? -1 : 1)))
    const expected = hostile.map(({ value }) => exporterRow(value as unknown as AuditLogEvent, workspace))
    const byKey = new Map(expected.map((row) => [keyOf(row), row]))
    for (const row of rows) {
      const wanted = byKey.get(keyOf(row))
      if (wanted?.nanos !== '0') expect(row).toEqual(wanted)
      else {
        expect(BigInt(row.nanos)).toBeGreaterThanOrEqual(since)
        expect({ ...row, nanos: '0' }).toEqual(wanted)
      }
    }
  },
)

testClickHouse('the page reads numbers, lists and JSON out of texts', async () => {
  const clickhouse = await startClickHouse()
  await clickhouse.execute(tables)
  await clickhouse.insert(
    insertOf(
      'asana.audit_log',
      events.map((event) => exporterRow(event, workspace)),
    ),
  )
  const [typed = ''] = clickHousePage.queries

  const rows = await clickhouse.rows<Record<string, unknown>>(typed.replace(/LIMIT 100;\s*$/, ''))

  const found = new Map(rows.map((row) => [row['id'], row]))
  for (const { gid, context, details } of events) {
    const address = context?.client_ip_address
    const value = details?.['new_value']
    expect(found.get(gid)).toMatchObject({
      on_behalf_of: context?.['on_behalf_of_user_id'] ?? null,
      addresses: address === undefined ? [] : [address],
      has_address: address === undefined ? 0 : 1,
      ...(typeof value === 'string' && { new_text: value, new_value_of_any_type: JSON.stringify(value) }),
    })
  }
})

testProcessor(
  'what a processor of the Collector removes or changes is counted by the query of the page',
  async () => {
    const clickhouse = await startClickHouse()
    await clickhouse.execute(tables)
    const transform = `
processors:
  transform:
    log_statements:
      - delete_key(log.attributes, "log.record.uid")
      - set(log.attributes["user.email"], "somebody@example.com")
service:
  pipelines:
    logs/audit:
      processors: [transform]
`
    const [query = ''] = clickHousePage.queries.filter((one) => one.includes('AS event_name'))
    const few = served.slice(-20)
    const asana = await startAsana({ events: few })
    const deliver = async (configs: readonly string[]): Promise<unknown> => {
      const collector = await startOwnCollector(configs, { CLICKHOUSE_ENDPOINT: clickhouse.origin })
      const env = { ...asana.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin, ...slow }
      expect(await runCommand(onceToOtlp(), { env })).toMatchObject({ code: 0 })
      return (await clickhouse.rows(query))[0]
    }
    const clean = { uid: 0, user_id: 0, user_email: 0, user_name: 0, user_agent: 0 }
    const there = { event_type: 0, created_at: 0, relevance: 0, event_name: 0 }

    expect(await deliver([config])).toEqual({ ...clean, ...there, rows: 20 })
    expect(await deliver([config, transform])).toEqual({
      ...clean,
      ...there,
      uid: 20,
      user_email: 20,
      rows: 40,
    })
  },
)
