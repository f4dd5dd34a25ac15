import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { AuditLogEvent } from '../../packages/schema/src/index.ts'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { startAsana, workspace } from '../support/servers/asana-server.ts'
import { type ClickHouse, startClickHouse, testWithClickHouse } from '../support/stores/clickhouse.ts'
import { clickHousePage } from '../support/stores/clickhouse-page.ts'
import { exporterRow, insertOf } from '../support/stores/clickhouse-row.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'

const testClickHouse = testWithClickHouse()
const served = servedLog(corpus(Date.now()))
const events: readonly AuditLogEvent[] = served.map((text) => JSON.parse(text))
const rule = 'packages/detections/rules/first-seen/asana_login_from_new_network.yml'

/** The query of the page that begins so, over all events instead of those of the last seven days. */
function question(beginning: string): string {
  const found = clickHousePage.queries.filter((query) => query.includes(beginning))
  expect(found).toHaveLength(1)
  const week = 'now() - INTERVAL 7 DAY'
  expect(found[0]).toContain(week)
  return (found[0] ?? '').replace(week, "toDateTime64('2000-01-01 00:00:00', 9)").replace(/;\s*$/, '')
}

async function filled(): Promise<ClickHouse> {
  const clickhouse = await startClickHouse()
  await clickhouse.execute(clickHousePage.tables)
  const rows = events.map((event) => exporterRow(event, workspace))
  for (const part of [rows, rows.slice(0, 1_000)]) await clickhouse.insert(insertOf('asana.audit_log', part))
  return clickhouse
}

/** The same events in a file, as the command delivers them. */
async function delivered(): Promise<string> {
  const asana = await startAsana({ events: served })
  const [file, state] = ['log.jsonl', 'state.db'].map((name) => join(temporaryFolder(), name))
  const args = ['run', '--once', '--to', `file:${file}`, '--state', `${state}`]
  expect(await runCommand(args, { env: asana.env })).toMatchObject({ code: 0 })
  return `${file}`
}

/** What the command says of that file. */
async function ask(file: string, ...words: string[]): Promise<Record<string, unknown>[]> {
  const { stdout } = await runCommand([...words, '--from', file, '--json'])
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** How often each of these keys is there. */
function counted(keys: readonly (readonly unknown[])[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const key of keys.map((key) => JSON.stringify(key))) counts[key] = (counts[key] ?? 0) + 1
  return counts
}

type Row = Readonly<Record<string, unknown>>

/** The same of rows of a query that counted by these columns. */
function summed(rows: readonly Row[], ...columns: string[]): Record<string, unknown> {
  return Object.fromEntries(
    rows.map((row) => [JSON.stringify(columns.map((name) => row[name])), row['times']]),
  )
}

/** As ClickHouse writes a time that Asana gave in milliseconds. */
const timeIn = (createdAt: string): string => `${createdAt.slice(0, 23).replace('T', ' ')}000000`
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

testClickHouse('the questions of the page have the answers that query and detect give', async () => {
  const [clickhouse, file] = [await filled(), await delivered()]
  const categories = ['content_export', 'deletion', 'roles', 'logins']
  const answer = await ask(file, 'query', ...categories.flatMap((name) => ['--category', name]))
  const asked = answer as unknown as AuditLogEvent[]
  const query = (category: string): AuditLogEvent[] =>
    asked.filter(({ event_category }) => event_category === category)
  const byActor = ({ actor, event_type }: AuditLogEvent): unknown[] => [
    ...[text(actor.name), text(actor.email), event_type],
  ]
  const columns = ['actor', 'actor_email', 'event_type']

  const exported = query('content_export')
  expect(exported.length).toBeGreaterThan(0)
  const exporters = await clickhouse.rows<Row>(question("category = 'content_export'"))
  expect(summed(exporters, ...columns)).toEqual(counted(exported.map(byActor)))

  const deleted = query('deletion').filter(({ event_type }) => !event_type.endsWith('_undeleted'))
  expect(deleted.length).toBeGreaterThan(0)
  const deleters = await clickhouse.rows<Row>(question("category = 'deletion'"))
  expect(summed(deleters, ...columns)).toEqual(counted(deleted.map(byActor)))

  const failed = query('logins').filter(({ event_type }) => event_type === 'user_login_failed')
  expect(failed.length).toBeGreaterThan(0)
  const failures = await clickhouse.rows<Row>(question("event_type = 'user_login_failed'"))
  const accounts = failed.map(({ actor, resource, context }) => [
    text(resource?.email) || text(resource?.name) || text(actor.email) || text(actor.name),
    text(context?.client_ip_address),
  ])
  expect(summed(failures, 'account', 'address')).toEqual(counted(accounts))

  const roles = query('roles')
  expect(roles.length).toBeGreaterThan(0)
  const changes = await clickhouse.rows<Row>(question("category = 'roles'"))
  expect(changes).toHaveLength(roles.length)
  expect(new Set(changes)).toEqual(
    new Set(
      roles.map(({ actor, created_at, event_type, resource, details, context }) => ({
        time: timeIn(created_at),
        ...{ actor: text(actor.name), actor_email: text(actor.email), event_type },
        ...{ resource: text(resource?.name), resource_email: text(resource?.email) },
        address: text(context?.client_ip_address),
        ...{ before: text(details?.['old_value']), after: text(details?.['new_value']) },
      })),
    ),
  )

  const hits = await ask(file, 'detect', '--rules', rule)
  expect(hits.length).toBeGreaterThan(0)
  const strangers = await clickhouse.rows<Row>(question('known_since'))
  const hitEvents = hits.map(({ event }) => event as AuditLogEvent)
  expect(new Set(strangers.map(({ time, actor_email, address }) => [time, actor_email, address]))).toEqual(
    new Set(
      hitEvents.map(({ created_at, actor, context }) => [
        ...[timeIn(created_at), text(actor.email), text(context?.client_ip_address)],
      ]),
    ),
  )
})

testClickHouse('with a table of networks, the country of each sign-in is known', async () => {
  const clickhouse = await filled()
  const csv = 'network,country\n203.0.113.0/24,Norway\n2001:db8::/32,Peru\n'
  writeFileSync(join(clickhouse.files, 'countries.csv'), csv)
  const [dictionary = '', countries = ''] = question('asana.countries').split(/(?<=;)$/m)
  await clickhouse.execute(dictionary.replace('/var/lib/clickhouse/user_files/', ''))

  const found = await clickhouse.rows<Row>(countries)

  const country = (address: string): string => {
    if (address.startsWith('203.0.113.')) return 'Norway'
    return address.startsWith('2001:db8:') ? 'Peru' : 'unknown'
  }
  const signIns = events.filter(
    ({ event_type, context }) => event_type === 'user_login_succeeded' && context?.client_ip_address,
  )
  expect(summed(found, 'actor_email', 'country')).toEqual(
    counted(
      signIns.map(({ actor, context }) => [text(actor.email), country(text(context?.client_ip_address))]),
    ),
  )
})
