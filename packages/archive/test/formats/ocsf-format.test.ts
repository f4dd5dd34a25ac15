import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Identified } from '@asana-audit/core'
import { type AuditLogEvent, eventTypes } from '@asana-audit/schema'
import { parseLosslessJson, toJsonText } from '@asana-audit/schema/lossless'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryEvent } from '../../../schema/test/support/arbitrary-event.ts'
import { ocsfParquet } from '../../src/formats/ocsf/ocsf-parquet.ts'
import { type ArchiveWarning, archiveSink, compareArchive, findEvent, folderStore } from '../../src/index.ts'
import { eventAt, gidsIn, newFolder, noon, objectsIn } from '../support/archive-folder.ts'
import { archiveIn, going, problemsOf, verified } from '../support/archive-in.ts'

const beside = { formats: ['jsonl', 'ocsf'] } as const

/** An event of each known type, a second apart. */
const ofEachType: readonly AuditLogEvent[] = [...eventTypes.keys(), 'something_new'].map((type, index) => ({
  ...eventAt(index, noon + index * 1_000),
  event_type: type,
  event_category: eventTypes.get(type)?.category ?? 'new_category',
  actor: { actor_type: 'user', gid: '7', name: 'Ada', email: 'ada@example.com' },
  resource: { resource_type: 'user', gid: '8', name: 'Bart', email: 'bart@example.com' },
  context: { context_type: 'web', client_ip_address: '192.0.2.7', user_agent: 'Firefox' },
}))

describe('a view in OCSF', () => {
  test('has objects in the layout of Security Lake, one source a class', async () => {
    const folder = newFolder()
    await archiveIn(folder, beside).write(ofEachType, going())
    const keys = await objectsIn(folder, 'ext/')
    expect(keys.map((key) => key.split('/').slice(0, 5).join('/'))).toEqual(
      [
        ...['asana_account_change', 'asana_authentication', 'asana_base_event', 'asana_entity'],
        ...['asana_file_hosting', 'asana_user_access', 'asana_web_resources'],
      ].map((source) => `ext/${source}/region=eu-central-1/accountId=external/eventDay=20260310`),
    )
    expect((await gidsIn(folder, 'ext/')).toSorted()).toEqual(ofEachType.map(({ gid }) => gid).toSorted())
    expect(await verified(folder)).toMatchObject({
      ...{ events: ofEachType.length, problems: [] },
      formats: [
        { format: 'jsonl', objects: 1, events: ofEachType.length },
        { format: 'ocsf', objects: 7, events: ofEachType.length },
      ],
    })
  })

  test('has the rows of an object in the order of time', async () => {
    const folder = newFolder()
    const [first, second] = [eventAt(1, noon), eventAt(2, noon + 5)]
    await archiveIn(folder, beside).write([second, first], going())
    expect(await gidsIn(folder, 'ext/')).toEqual([first.gid, second.gid])
    expect(await objectsIn(folder, 'ext/')).toEqual([expect.stringContaining(`/12-00-00.000-${first.gid}.`)])
  })

  test('is as it was stored, also where a name begins with a byte order mark', async () => {
    const folder = newFolder()
    const actor = { actor_type: 'user', gid: '7', name: '\ufeffAda' }
    const event: AuditLogEvent = { ...ofEachType[0]!, actor }
    await archiveIn(folder, beside).write([event], going())
    expect(await problemsOf(folder)).toEqual([])
  })

  test('of any event is a row of one class, which is read back as it was written', async () => {
    const forms = ocsfParquet({ region: 'eu-central-1' })
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryEvent, { minLength: 1, maxLength: 8 }), async (sent) => {
        const events = sent.map((event) => parseLosslessJson(toJsonText(event)) as Identified)
        let rows = 0
        for (const form of forms) {
          const ofClass = await form.rowsOf(events)
          rows += ofClass.length
          if (ofClass.length > 0) expect(await form.decode(await form.encode(ofClass))).toEqual(ofClass)
        }
        expect(rows).toBe(events.length)
      }),
      { numRuns: 60 },
    )
  })

  test('gives no warning about an event that comes again with another content beyond that of the record', async () => {
    const folder = newFolder()
    const warnings: ArchiveWarning[] = []
    const sink = archiveIn(folder, { ...beside, onWarning: (warning) => warnings.push(warning) })
    await sink.write([eventAt(1, noon)], going())
    await sink.write([eventAt(1, noon, { rewritten: true })], going())
    expect(warnings).toHaveLength(1)
  })
})

test('a view is no event: it is neither found by its gid nor compared with Asana', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder, beside)
  const event = eventAt(1, noon)
  await sink.write([event], going())
  await sink.close()
  const store = folderStore({ path: folder })
  const found = await findEvent({ store, gid: event.gid })
  expect(found.map((one) => one.event)).toEqual([event])
  const spans = [{ from: noon - 1_000, until: noon + 1_000 }]
  async function* shown(): AsyncGenerator<Identified[]> {
    yield [event]
  }
  expect(await compareArchive({ store, spans, shown })).toEqual([])
})

describe('of a view in OCSF archive verify finds', () => {
  async function archived(): Promise<{ folder: string; key: string }> {
    const folder = newFolder()
    const sink = archiveIn(folder, beside)
    await sink.write([eventAt(1, noon), eventAt(2, noon + 5)], going())
    await sink.close()
    const [key = ''] = await objectsIn(folder, 'ext/')
    return { folder, key }
  }

  test('an object with another content', async () => {
    const { folder, key } = await archived()
    const [form] = ocsfParquet({ region: 'eu-central-1' }).filter(({ folder: place }) =>
      key.startsWith(place),
    )
    const other = await form!.rowsOf([eventAt(1, noon), eventAt(2, noon + 5, { method: ['SAML'] })])
    await writeFile(join(folder, key), await form!.encode(other))
    const { problems } = await verified(folder)
    expect(problems.map((one) => `${one.code} ${one.key}`)).toEqual([`changed ${key}`])
    expect(problems[0]?.message).toContain('not all with the same content')
  })

  test('an object that was cut off, and one that nobody recorded', async () => {
    const { folder, key } = await archived()
    const bytes = await readFile(join(folder, key))
    const added = key.replace('12-00', '11-00')
    await writeFile(join(folder, added), bytes)
    await writeFile(join(folder, key), bytes.subarray(0, 100))
    expect(await problemsOf(folder)).toEqual([`not_recorded ${added}`, `damaged ${key}`])
  })
})

test('an event without what every event has is refused, and those before it are safe', async () => {
  const folder = newFolder()
  const { actor: _, ...without } = eventAt(2, noon + 5)
  const found = await archiveIn(folder, beside)
    .write([eventAt(1, noon), without], going())
    .catch((error: unknown) => error)
  expect(found).toMatchObject({ fault: 'rejected', code: 'not_an_event', at: 1, accepted: 1 })
  expect(await problemsOf(folder)).toEqual([])
})

test.each([
  [{ formats: ['ocsf'] }, /can only stand beside a format that does/],
  [{ formats: ['jsonl', 'ocsf'], ocsf: undefined }, /ocsf.region of archiveSink cannot be used/],
  [{ formats: ['jsonl', 'ocsf'], ocsf: { region: '../x' } }, /ocsf.region/],
  [{ formats: ['jsonl', 'ocsf'], ocsf: { region: 'eu-central-1', accountId: '12' } }, /ocsf.accountId/],
])('%j is refused at once', (options, message) => {
  const store = folderStore({ path: newFolder() })
  expect(() => archiveSink({ store, lane: 'test', ...options } as never)).toThrow(message)
})
