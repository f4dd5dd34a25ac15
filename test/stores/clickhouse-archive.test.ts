import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { access, noVersitygw, startVersitygw } from '../../packages/archive/test/support/versitygw.ts'
import type { AuditLogEvent } from '../../packages/schema/src/index.ts'
import { runCommand, temporaryFolder } from '../support/commands/run-command.ts'
import { codeBlocks } from '../support/pages/readme-example.ts'
import { startAsana } from '../support/servers/asana-server.ts'
import { startClickHouse, testWithClickHouse } from '../support/stores/clickhouse.ts'
import { corpus, servedLog } from '../support/stores/corpus.ts'

const testClickHouse = testWithClickHouse()
const page = readFileSync(join(import.meta.dirname, '../../docs/archive.md'), 'utf8')
const block = codeBlocks(page, 'sql').find((sql) => sql.includes('JSONAsString')) ?? ''
const [roles = '', inBucket = '', inLines = ''] = block.split(';')
const until = Date.now()
const served = servedLog(corpus(until))
const events: readonly AuditLogEvent[] = served.map((text) => JSON.parse(text))

/** An archive in JSON lines and in Parquet, in a folder that ends with the test, or at `s3://BUCKET/PREFIX`. */
async function archiveOf(
  location: string = join(temporaryFolder(), 'archive'),
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const asana = await startAsana({ events: served })
  const words = ['--to', `archive:${location}`, '--archive-formats', 'jsonl,flat']
  const state = join(temporaryFolder(), 'state.db')
  const done = await runCommand(['run', '--once', ...words, '--state', state], {
    env: { ...asana.env, ...env },
  })
  expect(done).toMatchObject({ code: 0 })
  return location
}

/** What a query that counts by the type has to say of these events. */
function byType(of: readonly AuditLogEvent[]): { event_type: string; events: number }[] {
  const counts = new Map<string, number>()
  for (const { event_type } of of) counts.set(event_type, (counts.get(event_type) ?? 0) + 1)
  return [...counts]
    .map(([event_type, events]) => ({ event_type, events }))
    .sort((one, other) => other.events - one.events || (one.event_type < other.event_type ? -1 : 1))
}

testClickHouse('ClickHouse reads an archive where it is, in Parquet and in JSON lines', async () => {
  const clickhouse = await startClickHouse()
  symlinkSync(await archiveOf(), join(clickhouse.files, 'archive'))

  const changed = events.filter(({ event_type }) => event_type === 'user_workspace_admin_role_changed')
  expect(await clickhouse.rows(roles)).toEqual(
    changed.map(({ created_at, actor, resource, details, context }) => ({
      created_at: `${created_at.slice(0, 23).replace('T', ' ')}000`,
      ...{ actor_email: actor.email ?? null, resource_email: resource?.email ?? null },
      role: details?.['new_value'] ?? '',
      client_ip_address: context?.client_ip_address ?? null,
    })),
  )
  // Half a surrogate pair, which JSON lines write as an escape.
  const readable = served.map((text, number) => {
    const event = events[number] as AuditLogEvent
    return /\\ud[89ab]/.test(text) ? { ...event, event_type: '' } : event
  })
  expect(await clickhouse.rows(inLines.replace('day=2026-03-*', 'day=*'))).toEqual(byType(readable))
})

testClickHouse.skipIf(noVersitygw)('and in a bucket, where it leaves out days by their names', async () => {
  const store = await startVersitygw()
  const { accessKeyId, secretAccessKey } = access
  await archiveOf('s3://evidence/asana', {
    AWS_ENDPOINT_URL_S3: store.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  })
  const clickhouse = await startClickHouse()
  const since = new Date(until - 30 * 86_400_000).toISOString().slice(0, 10)
  const sql = inBucket
    .replace('https://s3.example.com/audit-evidence', `${store.endpoint}/evidence`)
    .replace('SECRET_ACCESS_KEY', secretAccessKey)
    .replace('ACCESS_KEY_ID', accessKeyId)
    .replace('2026-03-01', since)

  expect(await clickhouse.rows(sql)).toEqual(byType(events.filter(({ created_at }) => created_at >= since)))
})
