import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ArchivedEvent,
  compactArchive,
  folderStore,
  type ObjectStore,
  type ReadArchiveOptions,
  readArchive,
  s3Store,
} from '../../src/index.ts'
import {
  eventAt,
  eventsFrom,
  namedPipe,
  newFolder,
  noon,
  objectsIn,
  type TestEvent,
} from '../support/archive-folder.ts'
import { archiveIn, going } from '../support/archive-in.ts'
import { archiveInBucket } from '../support/archive-in-bucket.ts'
import { access, noVersitygw, startVersitygw } from '../support/versitygw.ts'

type Options = Omit<ReadArchiveOptions, 'store'>

async function all(store: ObjectStore, options: Options = {}): Promise<ArchivedEvent[]> {
  const found: ArchivedEvent[] = []
  for await (const one of readArchive({ store, ...options })) found.push(one)
  return found
}

async function gidsOf(store: ObjectStore, options: Options = {}): Promise<string[]> {
  return (await all(store, options)).map(({ event }) => event.gid)
}

/** An archive of these events, with so many in each write. */
async function archived(
  events: readonly TestEvent[],
  size: number,
  options: Parameters<typeof archiveIn>[1] = {},
): Promise<string> {
  const folder = newFolder()
  const sink = archiveIn(folder, options)
  for (let from = 0; from < events.length; from += size)
    await sink.write(events.slice(from, from + size), going())
  await sink.close()
  return folder
}

/** A store that notes the keys that are read. */
function watched(path: string): { readonly store: ObjectStore; readonly read: string[] } {
  const store = folderStore({ path })
  const read: string[] = []
  return {
    read,
    store: {
      ...store,
      read(key, signal) {
        read.push(key)
        return store.read(key, signal)
      },
    },
  }
}

const iso = (at: number): string => new Date(at).toISOString()
const hour = 3_600_000
const day = 24 * hour

describe('reading an archive', () => {
  test.each(['gzip', 'zstd'] as const)(
    'gives every event as it was archived, with %s, and when it was recorded',
    async (compression) => {
      const events = eventsFrom(noon, 50).map((event) => ({
        ...event,
        details: { big: '9007199254740993', text: 'é\n😀' },
      }))
      const before = Date.now()
      const folder = await archived(events, 7, { compression })
      const found = await all(folderStore({ path: folder }))
      expect(found.map(({ event }) => event)).toEqual(events)
      for (const { recordedAt } of found) {
        expect(Date.parse(recordedAt)).toBeGreaterThanOrEqual(before)
        expect(Date.parse(recordedAt)).toBeLessThanOrEqual(Date.now())
      }
      expect(found.map(({ row }) => row).slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1])
    },
  )

  test('reads Parquet too, and an event that is in both formats once', async () => {
    const events = eventsFrom(noon, 30)
    const only = await archived(events, 7, { formats: ['flat'] })
    expect((await all(folderStore({ path: only }))).map(({ event }) => event)).toEqual(events)
    const { store, read } = watched(await archived(events, 7, { formats: ['flat', 'jsonl'] }))
    expect((await all(store)).map(({ event }) => event)).toEqual(events)
    expect(read.filter((key) => key.endsWith('.parquet'))).toEqual([])
  })

  test('gives the events of a time range, for any events, objects and range', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.option(fc.nat({ max: 40 })),
        fc.option(fc.nat({ max: 40 })),
        async (hours, size, from, to) => {
          const events = hours.map((at, index) => eventAt(index, noon + at * hour))
          const folder = await archived(events, size)
          const since = from === null ? undefined : iso(noon + from * hour)
          const until = to === null ? undefined : iso(noon + to * hour)
          const wanted = events.filter(
            ({ created_at: at }) =>
              (since === undefined || at >= since) && (until === undefined || at < until),
          )
          const found = await gidsOf(folderStore({ path: folder }), { since, until })
          expect(found.toSorted()).toEqual(wanted.map(({ gid }) => gid).toSorted())
        },
      ),
      { numRuns: 30 },
    )
  })

  test('opens only the objects whose times match', async () => {
    const folder = await archived(eventsFrom(noon, 48 * 60), 60)
    const { store, read } = watched(folder)
    const since = iso(noon + 24 * hour + 30 * 60_000)
    const found = await gidsOf(store, { since, until: iso(noon + 25 * hour) })
    expect(found).toHaveLength(30)
    expect(read.filter((key) => key.startsWith('event/'))).toEqual([
      expect.stringContaining('event/day=2026-03-11/12-00-00.000-'),
    ])
  })

  test('leaves out the entries that are too old to matter', async () => {
    let now = noon
    const clock = { now: () => now, sleep: () => Promise.resolve(), random: () => 0 }
    const folder = newFolder()
    const sink = archiveIn(folder, { clock })
    for (let number = 0; number < 200; number += 1) {
      now = noon + number * day
      await sink.write([eventAt(number, now)], going())
    }
    await sink.close()
    const { store, read } = watched(folder)
    expect(await gidsOf(store, { since: iso(noon + 198 * day) })).toHaveLength(2)
    expect(new Set(read.filter((key) => key.startsWith('_manifest/'))).size).toBeLessThan(15)
  })

  test.each([true, false])(
    'reads a joined object in place of what it replaces, kept or not: %s',
    async (keepOriginals) => {
      const events = eventsFrom(noon, 30)
      const folder = await archived(events, 7)
      const clock = { now: () => noon + 5 * day, sleep: () => Promise.resolve(), random: () => 0 }
      const store = folderStore({ path: folder })
      await compactArchive({ store, keepOriginals, clock })
      await store.close()
      const { store: seen, read } = watched(folder)
      expect(await gidsOf(seen, { since: events[2]!.created_at })).toEqual(
        events.slice(2).map(({ gid }) => gid),
      )
      expect(read.filter((key) => !key.startsWith('_manifest/'))).toEqual([
        expect.stringContaining('.joined-'),
      ])
    },
  )

  test('says how far it is', async () => {
    const folder = await archived(eventsFrom(noon, 30), 10)
    const seen: unknown[] = []
    await all(folderStore({ path: folder }), { onProgress: (progress) => seen.push(progress) })
    expect(seen[0]).toEqual({ entries: 3, ofEntries: 3, objects: 0, ofObjects: 0 })
    expect(seen.at(-1)).toEqual({ entries: 3, ofEntries: 3, objects: 3, ofObjects: 3 })
  })

  test('can be ended between two events', async () => {
    const folder = await archived(eventsFrom(noon, 30), 3)
    for await (const { event } of readArchive({ store: folderStore({ path: folder }) })) {
      expect(event.gid).toBe(eventAt(0, noon).gid)
      break
    }
  })

  test('ends with the reason of its signal', async () => {
    const folder = await archived(eventsFrom(noon, 30), 3)
    const stop = new AbortController()
    const reading = async (): Promise<void> => {
      for await (const { row } of readArchive({ store: folderStore({ path: folder }), signal: stop.signal }))
        if (row === 2) stop.abort(new Error('enough'))
    }
    await expect(reading()).rejects.toThrow('enough')
  })

  test.skipIf(noVersitygw)('reads a bucket like a folder', async () => {
    const server = await startVersitygw()
    const sink = archiveInBucket(server)
    const events = eventsFrom(noon, 40)
    for (const half of [events.slice(0, 20), events.slice(20)]) await sink.write(half, going())
    const { endpoint, bucket } = server
    const store = s3Store({ endpoint, bucket, prefix: 'audit/asana', access })
    const found = await all(store, { since: events[10]!.created_at })
    await store.close()
    expect(found.map(({ event }) => event)).toEqual(events.slice(10))
  })
})

describe('what is not as the manifest says', () => {
  /** The codes and keys of the problems, and the gids that are given all the same. */
  async function problemsIn(
    folder: string,
    options: Options = {},
  ): Promise<{ readonly problems: string[]; readonly gids: string[]; readonly messages: string[] }> {
    const problems: string[] = []
    const messages: string[] = []
    const gids = await gidsOf(folderStore({ path: folder }), {
      ...options,
      onProblem({ code, key, message }) {
        problems.push(`${code} ${key}`)
        messages.push(message)
      },
    })
    return { problems, gids, messages }
  }

  const events = eventsFrom(noon, 9)
  const gids = events.map(({ gid }) => gid)
  const without = (from: number, until: number): string[] => [...gids.slice(0, from), ...gids.slice(until)]

  test('an object that was changed, though only in its compression, is left out and named', async () => {
    const folder = await archived(events, 3)
    const [, second = ''] = await objectsIn(folder)
    const bytes = await readFile(join(folder, second))
    bytes[9] = 7 // The system that made the gzip: the events are the same.
    await writeFile(join(folder, second), bytes)
    const { problems, messages, ...found } = await problemsIn(folder)
    expect(problems).toEqual([`changed ${second}`])
    expect(found.gids).toEqual(without(3, 6))
    expect(messages[0]).toContain(`asana-audit archive verify ${folder}`)
  })

  test('an object that was deleted is named', async () => {
    const folder = await archived(events, 3)
    const [first = ''] = await objectsIn(folder)
    await rm(join(folder, first))
    expect(await problemsIn(folder)).toMatchObject({ problems: [`missing ${first}`], gids: without(0, 3) })
  })

  test('objects that changed places are both named', async () => {
    const folder = await archived(events, 3)
    const [first = '', second = ''] = (await objectsIn(folder)).map((key) => join(folder, key))
    await rename(first, `${first}.x`)
    await rename(second, first)
    await rename(`${first}.x`, second)
    const { problems, ...found } = await problemsIn(folder)
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['changed', 'changed'])
    expect(found.gids).toEqual(gids.slice(6))
  })

  test('an object that the manifest does not know is named and not read', async () => {
    const folder = await archived(events, 3)
    const [first = ''] = await objectsIn(folder)
    const planted = 'event/day=2026-03-10/23-00-00.000-77.jsonl.gz'
    await writeFile(join(folder, planted), await readFile(join(folder, first)))
    expect(await problemsIn(folder)).toMatchObject({ problems: [`not_recorded ${planted}`], gids })
    const range = { since: '2026-03-10T12:00:00Z', until: '2026-03-10T13:00:00Z' }
    expect(await problemsIn(folder, range)).toMatchObject({ problems: [`not_recorded ${planted}`], gids })
    const other = { since: '2026-03-12T12:00:00Z', until: '2026-03-12T13:00:00Z' }
    expect(await problemsIn(folder, other)).toMatchObject({ problems: [], gids: [] })
  })

  test('an object that is recorded while the archive is read is no problem', async () => {
    const folder = await archived(events, 3)
    // A run created the object before the objects were listed, and its entry after the entries were.
    const late = eventAt(99, noon + 10 * hour)
    await archiveIn(folder).write([late], going())
    const store = folderStore({ path: folder })
    let isRecorded = false
    const racing: ObjectStore = {
      ...store,
      async *list(prefix, signal) {
        for await (const one of store.list(prefix, signal))
          if (!one.key.endsWith('0000000004.json')) yield one
      },
      async read(key, signal) {
        isRecorded ||= key.startsWith('event/')
        return isRecorded || !key.endsWith('0000000004.json') ? store.read(key, signal) : undefined
      },
    }
    const problems: string[] = []
    const onProblem = ({ code, key }: { code: string; key: string }): unknown =>
      problems.push(`${code} ${key}`)
    expect(await gidsOf(racing, { onProblem })).toEqual(gids)
    expect(problems).toEqual([])
    expect(await gidsOf(store, { onProblem })).toEqual([...gids, late.gid])
  })

  test.each([
    ['in the middle', '0000000002', ['entry_missing _manifest/test/0000000002.json']],
    ['at the beginning', '0000000001', ['entry_missing _manifest/test/0000000001.json']],
    ['at the end', '0000000003', []],
  ])('an entry that is gone %s is named, and so is its object', async (_, number, missing) => {
    const folder = await archived(events, 3)
    await rm(join(folder, `_manifest/test/${number}.json`))
    const { problems, ...found } = await problemsIn(folder)
    const at = Number(number) - 1
    expect(problems).toEqual([...missing, `not_recorded ${(await objectsIn(folder))[at]}`])
    expect(found.gids).toEqual(without(at * 3, at * 3 + 3))
  })

  test.each([
    ['all of it', {}],
    ['some days', { since: '2026-03-10T00:00:00Z', until: '2026-03-11T00:00:00Z' }],
  ])(
    'a named pipe is named and not opened, where an object, an entry or nothing belongs: %s',
    async (_, range) => {
      const folder = await archived(events, 3)
      const [first = '', second = ''] = await objectsIn(folder)
      const entry = '_manifest/test/0000000002.json'
      const beside = `${dirname(first)}/notes.txt`
      for (const key of [first, entry, beside]) {
        await rm(join(folder, key), { force: true })
        await namedPipe(join(folder, key))
      }
      const { problems, ...found } = await problemsIn(folder, range)
      expect(problems.toSorted()).toEqual([
        `entry_missing ${entry}`,
        ...[`foreign ${entry}`, `foreign ${first}`, `foreign ${beside}`],
        ...[`missing ${first}`, `not_recorded ${second}`],
      ])
      expect(found.gids).toEqual(gids.slice(6))
    },
  )

  test('an entry that was changed is named', async () => {
    const folder = await archived(events, 3)
    const path = join(folder, '_manifest/test/0000000002.json')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('"rows":3', '"rows":4'))
    expect((await problemsIn(folder)).problems).toEqual([
      'chain_broken _manifest/test/0000000003.json',
      `entry_differs ${(await objectsIn(folder))[1]}`,
    ])
  })

  test('ends the reading of somebody who does not listen', async () => {
    const folder = await archived(events, 3)
    const [first = ''] = await objectsIn(folder)
    await rm(join(folder, first))
    await expect(all(folderStore({ path: folder }))).rejects.toMatchObject({
      ...{ fault: 'fatal', code: 'archive_incomplete' },
      message: expect.stringContaining(first),
    })
  })
})

describe('a wrong place or time', () => {
  test('without a manifest is no archive', async () => {
    const folder = newFolder()
    await expect(all(folderStore({ path: folder }))).rejects.toMatchObject({ code: 'no_archive' })
    const lost = await archived(eventsFrom(noon, 3), 3)
    await rm(join(lost, '_manifest'), { recursive: true })
    await expect(all(folderStore({ path: lost }))).rejects.toMatchObject({
      code: 'no_archive',
      message: expect.stringContaining('take the folder _manifest back'),
    })
  })

  test('is refused by name', async () => {
    const store = folderStore({ path: newFolder() })
    await expect(all(store, { since: 'yesterday' })).rejects.toThrow('The option since of readArchive')
    await expect(all(store, { untill: '2026-03-10' } as Options)).rejects.toMatchObject({
      code: 'unknown_option',
    })
  })
})
