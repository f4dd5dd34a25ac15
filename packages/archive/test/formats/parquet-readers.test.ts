import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AuditLogEvent } from '@asana-audit/schema'
import { toJsonText } from '@asana-audit/schema/lossless'
import { startSimulator } from '@asana-audit/simulator'
import { expect } from 'vitest'
import { testWithPython } from '../../../../test/support/commands/python-suite.ts'
import { compactArchive, folderStore } from '../../src/index.ts'
import { eventAt, eventsFrom, newFolder, noon, objectsIn } from '../support/archive-folder.ts'
import { archiveIn, going } from '../support/archive-in.ts'
import { hostileEvents } from '../support/hostile-events.ts'
import { askDuckDb, countByOthers, readByOthers } from '../support/parquet-readers.ts'

const testPython = testWithPython('python')

/** The path of one object of Parquet that holds these events. */
async function flatObject(events: Parameters<ReturnType<typeof archiveIn>['write']>[0]): Promise<string> {
  const folder = newFolder()
  await archiveIn(folder, { formats: ['flat'] }).write(events, going())
  const [key = ''] = await objectsIn(folder, 'flat/')
  return join(folder, key)
}

testPython(
  'pyarrow and DuckDB read types, texts, times to the microsecond and nothing where there is nothing',
  async () => {
    const { pyarrow, duckdb } = await readByOthers(await flatObject(hostileEvents))
    expect(pyarrow.types).toMatchObject({
      gid: 'string',
      created_at: 'timestamp[us, tz=UTC]',
      actor_name: 'string',
      on_behalf_of_user_id: 'int64',
      details: 'string',
      event: 'string',
    })
    expect(duckdb.types).toMatchObject({
      gid: 'VARCHAR',
      created_at: 'TIMESTAMP WITH TIME ZONE',
      actor_name: 'VARCHAR',
      on_behalf_of_user_id: 'BIGINT',
      details: 'VARCHAR',
      event: 'VARCHAR',
    })
    expect(pyarrow.required).toEqual(['gid', 'created_at', 'event'])
    for (const { rows } of [pyarrow, duckdb]) {
      expect(rows.map(({ event }) => event)).toEqual(hostileEvents.map(toJsonText))
      expect(rows.map(({ created_at }) => created_at)).toEqual([
        1773144000000000,
        1773144000123456,
        1773144000000001,
        ...Array.from({ length: 6 }, () => 1773144000000000),
      ])
      expect(rows.map(({ actor_name }) => actor_name)).toEqual([
        ...[null, null, null, '😀', '\uff21', null, null, null, null],
      ])
      expect(rows[4]).toMatchObject({ actor_gid: null, resource_name: null, details: '{}' })
      expect(rows[5]).toMatchObject({ details: null, on_behalf_of_user_id: 9007199254740991 })
      expect(rows[6]).toMatchObject({ details: '[]' })
      expect(rows[7]).toMatchObject({ resource_type: '', resource_name: `${'x'.repeat(40)}\u{10ffff}` })
    }
  },
)

testPython('both read a view in OCSF: records, lists, 64-bit numbers and times', async () => {
  const folder = newFolder()
  const event = {
    ...eventAt(1, noon),
    created_at: '2026-03-10T12:00:00.123456Z',
    event_type: 'user_workspace_admin_role_changed',
    actor: { actor_type: 'user', gid: '7', name: 'Ada 😀', email: 'ada@example.com' },
    resource: { resource_type: 'user', gid: '8', name: 'Bart' },
    details: { new_value: 'super_admin', old_value: 'member' },
  }
  await archiveIn(folder, { formats: ['jsonl', 'ocsf'] }).write([event], going())
  const [key = ''] = await objectsIn(folder, 'ext/asana_user_access/')
  const { pyarrow, duckdb } = await readByOthers(join(folder, key))
  expect(pyarrow.types).toMatchObject({
    ...{ class_uid: 'int32', time: 'int64', type_uid: 'int64', time_dt: 'timestamp[us, tz=UTC]' },
    ...{ unmapped: 'string', privileges: 'list<element: string>' },
    actor:
      'struct<user: struct<uid: string, name: string, email_addr: string, type_id: int32, type: string>, app_name: string>',
  })
  expect(duckdb.types).toMatchObject({
    ...{ class_uid: 'INTEGER', time: 'BIGINT', type_uid: 'BIGINT', time_dt: 'TIMESTAMP WITH TIME ZONE' },
    ...{ unmapped: 'VARCHAR', privileges: 'VARCHAR[]' },
  })
  for (const { rows } of [pyarrow, duckdb]) {
    expect(rows).toEqual([
      expect.objectContaining({
        ...{ class_uid: 3005, activity_id: 1, type_uid: 300501, category_uid: 3 },
        ...{ time: 1773144000123, time_dt: 1773144000123456, privileges: ['super_admin'], resource: null },
        actor: { user: expect.objectContaining({ name: 'Ada 😀', type_id: 1 }), app_name: null },
        metadata: expect.objectContaining({
          ...{ version: '1.3.0', uid: event.gid, profiles: ['datetime', 'host'], tenant_uid: null },
          product: { name: 'Asana', vendor_name: 'Asana' },
        }),
      }),
    ])
    expect(JSON.parse(String(rows[0]?.['unmapped']))).toMatchObject({ details: event.details })
  }
})

testPython('statistics say between what values a row group is, and how many are missing', async () => {
  const events = [eventAt(1, noon), eventAt(2, noon + 1), eventAt(3, noon + 2)]
  const { pyarrow } = await readByOthers(await flatObject(events))
  expect(pyarrow.statistics['created_at']).toEqual({
    compression: 'ZSTD',
    nulls: 0,
    min: '2026-03-10 12:00:00+00:00',
    max: '2026-03-10 12:00:00.002000+00:00',
  })
  expect(pyarrow.statistics['gid']).toMatchObject({ min: events[0]!.gid, max: events[2]!.gid })
  expect(pyarrow.statistics['actor_name']).toMatchObject({ nulls: 3, min: null, max: null })
})

testPython.each(['😀', '\uff21', 'ü'.repeat(30), `${'x'.repeat(15)}ü`, "O'Brien"])(
  'the name %j is found by both, which leave out what statistics exclude',
  async (name) => {
    const named = (number: number, text: string) => ({ ...eventAt(number, noon), actor: { name: text } })
    const path = await flatObject([named(1, '\uff21'), named(2, name), named(3, '😀'), named(4, 'a')])
    const expected = ['😀', '\uff21'].includes(name) ? 2 : 1
    expect(await countByOthers(path, 'actor_name', name)).toEqual({ duckdb: expected, pyarrow: expected })
  },
)

testPython('both read an object that was joined from others as they read these before', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder, { formats: ['flat'] })
  for (const event of hostileEvents) await sink.write([event], going())
  const later = eventsFrom(noon + 3_600_000, 30)
  for (const event of later) await sink.write([event], going())
  await sink.close()
  const pattern = join(folder, 'flat/*/*.parquet')
  const question = `SELECT * EXCLUDE (day) FROM read_parquet('${pattern}') ORDER BY gid, event`
  const before = await askDuckDb(question)
  expect(before).toHaveLength(hostileEvents.length + later.length)
  const store = folderStore({ path: folder })
  await compactArchive({ store })
  await store.close()
  const [joined = '', ...others] = await objectsIn(folder, 'flat/')
  expect(others).toEqual([])
  expect(await askDuckDb(question)).toEqual(before)
  const { pyarrow } = await readByOthers(join(folder, joined))
  expect(pyarrow.rows).toHaveLength(before.length)
  expect(pyarrow.statistics['created_at']).toMatchObject({ nulls: 0, max: '2026-03-10 13:29:00+00:00' })
})

testPython('the question of the page for archives is answered over all objects of an archive', async () => {
  await using simulator = await startSimulator({ events: 2_000, days: 5, now: () => noon })
  const events = simulator.events as readonly AuditLogEvent[]
  const folder = newFolder()
  await archiveIn(folder, { formats: ['flat'] }).write(events, going())
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/archive.md'), 'utf8')
  const query = /```sql\n([^`]*)```/.exec(page)?.[1]?.replace('/var/lib/asana-audit/archive', folder) ?? ''
  const changed = events.filter(({ event_type }) => event_type === 'user_workspace_admin_role_changed')
  expect(changed.length).toBeGreaterThan(0)
  expect(await askDuckDb(query)).toEqual(
    changed.map((event) =>
      expect.objectContaining({
        actor_email: event.actor.email ?? null,
        resource_email: event.resource?.email ?? null,
        role: event.details?.['new_value'] ?? null,
        client_ip_address: event.context?.client_ip_address ?? null,
      }),
    ),
  )
})
