import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Identified } from '@asana-audit/core'
import { parseLosslessJson, toJsonText } from '@asana-audit/schema/lossless'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arbitraryEvent } from '../../../schema/test/support/arbitrary-event.ts'
import { flatColumns } from '../../src/formats/flat/flat-columns.ts'
import { flatParquet } from '../../src/formats/flat/flat-parquet.ts'
import { readParquet } from '../../src/formats/parquet/read-parquet.ts'
import { writeParquet } from '../../src/formats/parquet/write-parquet.ts'
import { type ArchiveWarning, archiveSink, folderStore } from '../../src/index.ts'
import { eventAt, eventsFrom, gidsIn, newFolder, noon, objectsIn, textOf } from '../support/archive-folder.ts'
import { archiveIn, going, problemsOf, verified } from '../support/archive-in.ts'
import { hostileEvents } from '../support/hostile-events.ts'

const both = { formats: ['jsonl', 'flat'] } as const
const flat = { formats: ['flat'] } as const

async function rowsOf(folder: string, key: string): Promise<Record<string, unknown>[]> {
  return await readParquet(await readFile(join(folder, key)))
}

describe('an object of Parquet', () => {
  test('holds each event as the line of JSON has it, and columns to ask by', async () => {
    const folder = newFolder()
    await archiveIn(folder, both).write(hostileEvents, going())
    const [key = ''] = await objectsIn(folder, 'flat/')
    expect(key).toBe('flat/day=2026-03-10/12-00-00.000-1200000000000001.parquet')
    const rows = await rowsOf(folder, key)
    const [line = ''] = await objectsIn(folder)
    expect(rows.map(({ event }) => `${String(event)}\n`).join('')).toBe(await textOf(folder, line))
    expect(rows[3]).toMatchObject({
      actor_type: 'user',
      actor_name: '😀',
      event_type: 'user_login_succeeded',
    })
    expect(rows.slice(1, 3).map(({ created_at }) => created_at)).toEqual([
      1773144000123456n,
      1773144000000001n,
    ])
    expect(await problemsOf(folder)).toEqual([])
  })

  test('has the same columns, whatever is in it', async () => {
    const schemas = await Promise.all(
      [[eventAt(1, noon)], hostileEvents].map(async (events) => {
        const rows = await readParquet(await flatParquet.encode(events))
        return Object.keys(rows[0]!)
      }),
    )
    expect(schemas[0]).toEqual(schemas[1])
  })

  test('gives any event back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitraryEvent, { minLength: 1, maxLength: 8 }), async (sent) => {
        // As our reader of answers gives them.
        const events = sent.map((event) => parseLosslessJson(toJsonText(event)) as Identified)
        const bytes = await flatParquet.encode(events)
        const back = await flatParquet.decode(bytes)
        expect(back.map(toJsonText)).toEqual(events.map(toJsonText))
        expect(await flatParquet.follows?.(bytes, back as Identified[])).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('of many events has them all, in their order', async () => {
    const events = Array.from({ length: 45_000 }, (_, index) => eventAt(index, noon + index))
    const back = await flatParquet.decode(await flatParquet.encode(events))
    expect(back).toEqual(events)
  })
})

describe('with two formats', () => {
  test('each has every event once, wherever writes are cut, and an event counts once', async () => {
    const folder = newFolder()
    const events = eventsFrom(noon, 40)
    const first = archiveIn(folder, both)
    await first.write(events.slice(0, 25), going())
    await first.close()
    await archiveIn(folder, both).write(events.slice(10), going())
    for (const format of ['event/', 'flat/'])
      expect((await gidsIn(folder, format)).toSorted()).toEqual(events.map(({ gid }) => gid))
    const report = await verified(folder)
    expect(report).toMatchObject({ events: 40, objects: 4, problems: [] })
    expect(report.formats).toEqual([
      { format: 'jsonl', objects: 2, events: 40 },
      { format: 'flat', objects: 2, events: 40 },
    ])
  })

  test('one that was added later gets events that come again, and the other does not', async () => {
    const folder = newFolder()
    const events = eventsFrom(noon, 5)
    const first = archiveIn(folder)
    await first.write(events, going())
    await first.close()
    await archiveIn(folder, both).write(events, going())
    expect(await objectsIn(folder)).toHaveLength(1)
    expect(await gidsIn(folder, 'flat/')).toEqual(events.map(({ gid }) => gid))
    expect(await problemsOf(folder)).toEqual([])
  })

  test('a warning about an event that comes again with another content comes once', async () => {
    const folder = newFolder()
    const warnings: ArchiveWarning[] = []
    const sink = archiveIn(folder, { ...both, onWarning: (warning) => warnings.push(warning) })
    await sink.write([eventAt(1, noon)], going())
    await sink.write([eventAt(1, noon, { rewritten: true })], going())
    expect(warnings.map(({ code }) => code)).toEqual(['content_differs'])
  })
})

describe('an object of Parquet without an entry in the manifest', () => {
  test('is recorded when its events come again, as the killed process left it', async () => {
    const folder = newFolder()
    const events = eventsFrom(noon, 10)
    const killed = folderStore({ path: folder })
    let isDead = false
    const create: typeof killed.create = async (key, bytes, signal) => {
      if (isDead) throw new Error('dead')
      const outcome = await killed.create(key, bytes, signal)
      isDead = key.startsWith('flat/')
      if (isDead) throw new Error('dead')
      return outcome
    }
    await archiveIn(folder, { ...both, store: { ...killed, create } })
      .write(events.slice(0, 7), going())
      .catch(() => undefined)
    await killed.close()
    expect(await problemsOf(folder)).toEqual([expect.stringMatching(/^not_recorded flat\//)])
    await archiveIn(folder, both).write(events.slice(0, 9), going())
    expect(await problemsOf(folder)).toEqual([])
    expect(await gidsIn(folder, 'flat/')).toHaveLength(9)
  })

  test('is not taken if it holds another content, and nothing is overwritten', async () => {
    const folder = newFolder()
    const path = join(folder, 'flat/day=2026-03-10/12-00-00.000-1200000000000000.parquet')
    const planted = await flatParquet.encode([eventAt(0, noon, { planted: true })])
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, planted)
    const found = await archiveIn(folder, flat)
      .write(eventsFrom(noon, 3), going())
      .catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'fatal', code: 'not_ours', accepted: 0 })
    expect(Buffer.from(planted).equals(await readFile(path))).toBe(true)
  })

  test.each<[string, () => Promise<Uint8Array>, RegExp]>([
    ['of somebody else', () => ofSomebodyElse(), /not Parquet with the column event/],
    [
      'that is no Parquet',
      async () => Buffer.from('PAR1 nothing PAR1'),
      /its footer claims \d+ bytes, and the object has 17/,
    ],
    ['that was cut off', async () => (await withText('{}')).subarray(0, 200), /cut off/],
    ['with a text that is no event', () => withText('{}'), /row 1 is not an event/],
    ['with a text that is no JSON', () => withText('{'), /row 1 is not an event/],
  ])('and %s is named, and that day is not written', async (_, made, message) => {
    const folder = newFolder()
    const key = 'flat/day=2026-03-10/part-0.parquet'
    await mkdir(dirname(join(folder, key)), { recursive: true })
    await writeFile(join(folder, key), await made())
    const found = await archiveIn(folder, flat)
      .write(eventsFrom(noon, 3), going())
      .catch((error: unknown) => error)
    expect(found).toMatchObject({ fault: 'fatal', code: 'damaged_object' })
    expect(String(found)).toContain(key)
    expect(String(found)).toMatch(message)
  })
})

describe('archive verify', () => {
  async function archived(): Promise<{ folder: string; key: string; path: string }> {
    const folder = newFolder()
    const sink = archiveIn(folder, flat)
    await sink.write(eventsFrom(noon, 3), going())
    await sink.close()
    const [key = ''] = await objectsIn(folder, 'flat/')
    return { folder, key, path: join(folder, key) }
  }

  test('names Parquet that was cut off', async () => {
    const { folder, key, path } = await archived()
    await writeFile(path, (await readFile(path)).subarray(0, 500))
    expect(await problemsOf(folder)).toEqual([`damaged ${key}`])
  })

  test('names Parquet of which a byte in the middle was changed', async () => {
    const { folder, path } = await archived()
    const bytes = await readFile(path)
    bytes[100]! ^= 1
    await writeFile(path, bytes)
    expect(await problemsOf(folder)).toHaveLength(1)
  })

  test('tells a change of the events from a change of other columns and from one of the order', async () => {
    const { folder, path } = await archived()
    const events = eventsFrom(noon, 3)
    const told = async (bytes: Uint8Array): Promise<string> => {
      await writeFile(path, bytes)
      const { problems } = await verified(folder)
      return problems.map(({ code, message }) => `${code}: ${message}`).join('\n')
    }
    const [one, ...others] = events
    const changed = [{ ...one!, event_type: 'user_deleted' }, ...others]
    expect(await told(await flatParquet.encode(changed))).toMatch(/^changed: .*not all with the same content/)
    expect(await told(await flatParquet.encode(events.toReversed()))).toMatch(/^reordered: /)
    const columns = flatColumns.map((column) =>
      column.elements[0].name === 'event_type' ? { ...column, value: () => 'user_deleted' } : column,
    )
    const other = await writeParquet({ columns, rows: events, metadata: {} })
    expect(await told(other)).toMatch(/^changed: .*other columns do not say what the column event says/)
  })
})

test.each([
  ['parquet', /"parquet" is not a format of an archive/],
  ['', /is not a format/],
])('the format %j is refused at once', (format, message) => {
  const store = folderStore({ path: newFolder() })
  expect(() => archiveSink({ store, lane: 'test', formats: [format as never] })).toThrow(message)
})

async function ofSomebodyElse(): Promise<Uint8Array> {
  const columns = flatColumns.filter(({ elements }) => elements[0].name !== 'event')
  return await writeParquet({ columns, rows: [eventAt(1, noon)], metadata: {} })
}

async function withText(text: string): Promise<Uint8Array> {
  const columns = flatColumns.map((column) =>
    column.elements[0].name === 'event' ? { ...column, value: () => text } : column,
  )
  return await writeParquet({ columns, rows: [eventAt(1, noon)], metadata: {} })
}
