import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@asana-audit/core/sink-kit'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flatColumns } from '../src/formats/flat/flat-columns.ts'
import { writeParquet } from '../src/formats/parquet/write-parquet.ts'
import {
  type ArchiveFormat,
  compactArchive,
  folderStore,
  type ObjectStore,
  readArchive,
  s3Store,
  verifyArchive,
} from '../src/index.ts'
import { joinedKey } from '../src/layout/object-key.ts'
import {
  eventAt,
  filesIn,
  folderOf,
  gidsIn,
  newFolder,
  noon,
  objectsIn,
  type TestEvent,
  textOf,
} from './support/archive-folder.ts'
import { archiveIn, going, problemsOf, verified } from './support/archive-in.ts'
import { archiveInBucket } from './support/archive-in-bucket.ts'
import { access, noVersitygw, startVersitygw } from './support/versitygw.ts'

const dayMs = 86_400_000
/** Days after the events, by the clock of the compaction. */
const clock = { ...systemClock, now: () => noon + 5 * dayMs }

/** So many objects of two events each, a minute apart. */
async function smallObjects(
  folder: string,
  count: number,
  {
    from = noon,
    first = 0,
    formats,
  }: { from?: number; first?: number; formats?: readonly ArchiveFormat[] } = {},
): Promise<TestEvent[]> {
  const sink = archiveIn(folder, { formats })
  const events: TestEvent[] = []
  for (let object = 0; object < count; object += 1) {
    const at = from + object * 60_000
    const two = [0, 1].map((second) => eventAt(first + object * 2 + second, at + second * 1_000))
    await sink.write(two, going())
    events.push(...two)
  }
  await sink.close()
  return events
}

async function compact(
  folder: string,
  options: Partial<Parameters<typeof compactArchive>[0]> = {},
): ReturnType<typeof compactArchive> {
  const store = options.store ?? folderStore({ path: folder })
  try {
    return await compactArchive({ clock, ...options, store })
  } finally {
    await store.close()
  }
}

async function linesIn(folder: string): Promise<string[]> {
  const texts = await Promise.all((await objectsIn(folder)).map((key) => textOf(folder, key)))
  return texts.flatMap((text) => text.trimEnd().split('\n')).sort()
}

test('the objects of a closed day become one that holds every line of them, and its entry names them', async () => {
  const folder = newFolder()
  await smallObjects(folder, 3)
  const [before, keys] = [await linesIn(folder), await objectsIn(folder)]
  const [day] = await compact(folder)
  const [joined, ...others] = await objectsIn(folder)
  expect(others).toEqual([])
  expect(joined).toMatch(
    /^event\/day=2026-03-10\/12-00-00\.000-1200000000000000\.joined-[0-9a-f]{16}\.jsonl\.gz$/,
  )
  expect(day).toEqual({
    ...{ day: '2026-03-10', format: 'jsonl' },
    joined: [{ key: joined, events: 6, replaces: keys }],
    removed: keys,
  })
  expect(await linesIn(folder)).toEqual(before)
  const entry = await readFile(join(folder, '_manifest/archive-compact/0000000001.json'), 'utf8')
  expect(JSON.parse(entry)).toMatchObject({ key: joined, rows: 6, replaces: keys })
  expect(await verified(folder)).toMatchObject({ objects: 1, events: 6, problems: [] })
})

test('objects of Parquet become one, too, and each record is joined by itself', async () => {
  const folder = newFolder()
  const events = await smallObjects(folder, 3, { formats: ['jsonl', 'flat'] })
  const keys = await objectsIn(folder, 'flat/')
  const days = await compact(folder)
  expect(days.map(({ day, format, removed }) => [day, format, removed.length])).toEqual([
    ['2026-03-10', 'jsonl', 3],
    ['2026-03-10', 'flat', 3],
  ])
  const [joined, ...others] = await objectsIn(folder, 'flat/')
  expect(others).toEqual([])
  expect(joined).toMatch(
    /^flat\/day=2026-03-10\/12-00-00\.000-1200000000000000\.joined-[0-9a-f]{16}\.parquet$/,
  )
  expect(days[1]?.joined).toEqual([{ key: joined, events: 6, replaces: keys }])
  const gids = events.map(({ gid }) => gid)
  expect(await gidsIn(folder, 'flat/')).toEqual(gids)
  const read = await Array.fromAsync(readArchive({ store: folderStore({ path: folder }) }))
  expect(read.map(({ event }) => event.gid)).toEqual(gids)
  expect(await verified(folder)).toMatchObject({ objects: 2, events: 6, problems: [] })
  expect(await compact(folder)).toEqual([])
})

test('objects of Parquet become one whatever their texts begin with, such as a byte order mark', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder, { formats: ['flat'] })
  const actor = { actor_type: 'user', name: '\ufeffAda' }
  const events: TestEvent[] = [0, 1].map((number) => ({ ...eventAt(number, noon + number), actor }))
  for (const event of events) await sink.write([event], going())
  await sink.close()
  expect(await compact(folder)).toMatchObject([{ joined: [{ events: 2 }], removed: { length: 2 } }])
  expect(await verified(folder)).toMatchObject({ objects: 1, events: 2, problems: [] })
})

test('a joined object of Parquet that another process made with other columns is refused, and nothing is removed', async () => {
  const folder = newFolder()
  const events = await smallObjects(folder, 2, { formats: ['flat'] })
  const replaces = (await objectsIn(folder, 'flat/')) as [string, string]
  const columns = flatColumns.map((column) =>
    column.elements[0].name === 'event_type' ? { ...column, value: () => 'other' } : column,
  )
  const planted = await writeParquet({ columns, rows: events, metadata: {} })
  await writeFile(join(folder, joinedKey(replaces)), planted)
  await expect(compact(folder)).rejects.toMatchObject({ code: 'not_joined' })
  expect(await objectsIn(folder, 'flat/')).toEqual(expect.arrayContaining(replaces))
})

test('views stay as they are: who reads them would take a joined object for new events', async () => {
  const folder = newFolder()
  await smallObjects(folder, 2, { formats: ['jsonl', 'ecs', 'ocsf'] })
  const views = async (): Promise<string[]> =>
    (await filesIn(folder)).filter((file) => /^(ecs|ext)\//.test(file))
  const before = await views()
  expect(before).toHaveLength(4)
  expect(await compact(folder)).toHaveLength(1)
  expect(await views()).toEqual(before)
  expect(await problemsOf(folder)).toEqual([])
})

test('each day is joined by itself', async () => {
  const folder = newFolder()
  await smallObjects(folder, 2)
  await smallObjects(folder, 2, { from: noon + dayMs, first: 10 })
  expect((await compact(folder)).map(({ day }) => day)).toEqual(['2026-03-10', '2026-03-11'])
  expect(await objectsIn(folder)).toHaveLength(2)
})

test('called again it has nothing to do', async () => {
  const folder = newFolder()
  await smallObjects(folder, 3)
  await compact(folder)
  const files = await filesIn(folder)
  expect(await compact(folder)).toEqual([])
  expect(await filesIn(folder)).toEqual(files)
})

test('a day whose late events may still come is left, and refused by name', async () => {
  const folder = newFolder()
  await smallObjects(folder, 2)
  const justAfter = { ...clock, now: () => Date.parse('2026-03-11T23:59:59Z') }
  expect(await compact(folder, { clock: justAfter })).toEqual([])
  await expect(compact(folder, { clock: justAfter, day: '2026-03-10' })).rejects.toMatchObject({
    code: 'day_not_closed',
  })
  const closed = { ...clock, now: () => Date.parse('2026-03-12T00:00:00Z') }
  expect(await compact(folder, { clock: closed, day: '2026-03-10' })).toHaveLength(1)
})

test('only the days that are asked for are joined', async () => {
  const folder = newFolder()
  for (const day of [0, 1, 2]) await smallObjects(folder, 2, { from: noon + day * dayMs, first: day * 10 })
  const days = async (options: Parameters<typeof compact>[1]): Promise<string[]> =>
    (await compact(folder, { dryRun: true, ...options })).map(({ day }) => day)
  expect(await days({ before: '2026-03-12' })).toEqual(['2026-03-10', '2026-03-11'])
  expect(await days({ day: '2026-03-11' })).toEqual(['2026-03-11'])
  await expect(days({ day: '2026-3-1' })).rejects.toThrow(TypeError)
})

test('a dry run says what would be joined, and changes nothing', async () => {
  const folder = newFolder()
  await smallObjects(folder, 3)
  const files = await filesIn(folder)
  const [day] = await compact(folder, { dryRun: true })
  expect(day).toMatchObject({ joined: [{ events: 6 }], removed: [] })
  expect(await filesIn(folder)).toEqual(files)
})

describe('of events that come again', () => {
  test('none is written again to a day that was joined', async () => {
    const folder = newFolder()
    const events = await smallObjects(folder, 3)
    await compact(folder)
    await archiveIn(folder).write(events, going())
    expect((await gidsIn(folder)).sort()).toEqual(events.map(({ gid }) => gid))
    expect(await problemsOf(folder)).toEqual([])
  })

  test('none is written again by a process that knew the day before it was joined', async () => {
    const folder = newFolder()
    const events = await smallObjects(folder, 3)
    // A bucket has no lock, so the two may be at work at once.
    const unlocked = (): ObjectStore => ({ ...folderStore({ path: folder }), claim: async () => {} })
    const sink = archiveIn(folder, { store: unlocked() })
    await sink.write(events.slice(0, 2), going())
    await compact(folder, { store: unlocked() })
    await sink.write(events, going())
    expect((await gidsIn(folder)).sort()).toEqual(events.map(({ gid }) => gid))
    expect(await problemsOf(folder)).toEqual([])
  })

  test('a late event gets an object of its own, which the next call joins with the joined object', async () => {
    const folder = newFolder()
    await smallObjects(folder, 2)
    await compact(folder)
    await smallObjects(folder, 1, { from: noon + 3_600_000, first: 90 })
    expect(await objectsIn(folder)).toHaveLength(2)
    await compact(folder)
    expect(await verified(folder)).toMatchObject({ objects: 1, events: 6, problems: [] })
  })
})

test('with keepOriginals each event still counts once, and the next call removes them', async () => {
  const folder = newFolder()
  await smallObjects(folder, 3)
  await compact(folder, { keepOriginals: true })
  expect(await objectsIn(folder)).toHaveLength(4)
  expect(await verified(folder)).toMatchObject({ events: 6, problems: [] })
  const [day] = await compact(folder)
  expect(day).toMatchObject({ joined: [], removed: { length: 3 } })
  expect(await verified(folder)).toMatchObject({ objects: 1, events: 6, problems: [] })
})

test('an object that is not as it was stored stays, and nothing is joined', async () => {
  const folder = newFolder()
  await smallObjects(folder, 3)
  const [, second = ''] = await objectsIn(folder)
  await writeFile(join(folder, second), 'x')
  const files = await filesIn(folder)
  await expect(compact(folder)).rejects.toMatchObject({ code: 'damaged_object' })
  expect(await filesIn(folder)).toEqual(files)
})

test('an object that was changed after it was joined is not removed', async () => {
  const folder = newFolder()
  await smallObjects(folder, 2)
  const [, second = ''] = await objectsIn(folder)
  await compact(folder, { keepOriginals: true })
  await writeFile(join(folder, second), 'x')
  await expect(compact(folder)).rejects.toMatchObject({ code: 'damaged_object' })
  expect(await readFile(join(folder, second), 'utf8')).toBe('x')
})

test('a folder without an archive is refused, and stays as it is', async () => {
  const folder = newFolder()
  await mkdir(folder)
  await expect(compact(folder)).rejects.toMatchObject({ fault: 'fatal', code: 'no_archive' })
  expect(await readdir(folder)).toEqual([])
})

test('nothing is joined while the manifest is broken', async () => {
  const folder = newFolder()
  await smallObjects(folder, 3)
  await rm(join(folder, '_manifest/test/0000000002.json'))
  await expect(compact(folder)).rejects.toMatchObject({ code: 'manifest_broken' })
})

test('nothing is joined while another process writes the folder', async () => {
  const folder = newFolder()
  await smallObjects(folder, 2)
  await archiveIn(folder).write([eventAt(50, noon + dayMs)], going())
  await expect(compact(folder)).rejects.toMatchObject({ code: 'archive_in_use' })
})

test('where entries are signed, those of joined objects are signed too', async () => {
  const keys = generateKeyPairSync('ed25519')
  const signingKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string
  const folder = newFolder()
  const sink = archiveIn(folder, { signingKey })
  await sink.write([eventAt(1, noon)], going())
  await sink.write([eventAt(2, noon + 1)], going())
  await sink.close()
  await expect(compact(folder)).rejects.toMatchObject({ code: 'signing_key_missing' })
  await compact(folder, { signingKey })
  expect(await problemsOf(folder, { publicKey })).toEqual([])
  expect(await objectsIn(folder)).toHaveLength(1)
})

test('an object is removed only when the joined one and its entry are there', async () => {
  const folder = newFolder()
  await smallObjects(folder, 3)
  const store = folderStore({ path: folder })
  const there: string[][] = []
  await compact(folder, {
    store: {
      ...store,
      async remove(key, signal) {
        there.push((await filesIn(folder)).filter((file) => /joined|archive-compact/.test(file)))
        await store.remove(key, signal)
      },
    },
  })
  expect(there).toHaveLength(3)
  for (const files of there)
    expect(files).toEqual([
      '_manifest/archive-compact/0000000001.json',
      expect.stringMatching(/^event\/day=2026-03-10\/.*\.joined-/),
    ])
})

/** Dies before or after so many objects were created or removed. */
function dying(store: ObjectStore, steps: number, when: 'before' | 'after'): ObjectStore {
  let left = steps
  async function step<T>(work: () => Promise<T>): Promise<T> {
    if (left === 0 && when === 'before') throw new Error('dead')
    const result = await work()
    if (left === 0) throw new Error('dead')
    left -= 1
    return result
  }
  return {
    ...store,
    create: (key, bytes, signal) => step(() => store.create(key, bytes, signal)),
    remove: (key, signal) => step(() => store.remove(key, signal)),
  }
}

test.each(['jsonl', 'flat'] as const)(
  'whenever it is killed, no event of %s is missing, and the next call makes the same archive',
  async (format) => {
    const of = folderOf[format]
    const formats = [format]
    const death = fc.record({ steps: fc.nat({ max: 9 }), when: fc.constantFrom('before', 'after') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(death, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (deaths, comesLate) => {
          const folder = newFolder()
          const events = await smallObjects(folder, 4, { formats })
          for (const [index, { steps, when }] of deaths.entries()) {
            await compact(folder, { store: dying(folderStore({ path: folder }), steps, when) }).catch(
              (error) => {
                if (!(error instanceof Error) || error.message !== 'dead') throw error
              },
            )
            const problems = await problemsOf(folder)
            expect(problems.filter((one) => !/^not_recorded .*\.joined-/.test(one))).toEqual([])
            expect(new Set(await gidsIn(folder, of)).size).toBe(events.length)
            if (comesLate && index === 0)
              events.push(...(await smallObjects(folder, 1, { from: noon + 90_000, first: 500, formats })))
          }
          await compact(folder)
          expect((await gidsIn(folder, of)).sort()).toEqual(events.map(({ gid }) => gid).sort())
          expect(await verified(folder)).toMatchObject({ objects: 1, events: events.length, problems: [] })
        },
      ),
      { numRuns: format === 'jsonl' ? 40 : 15 },
    )
  },
)

/** A store whose steps end in the order of a scheduler, and that does not keep other writers away, as a bucket does not. */
function scheduled(path: string, scheduler: fc.Scheduler): ObjectStore {
  const store = folderStore({ path })
  const step = <T>(work: Promise<T>): Promise<T> => scheduler.schedule(work)
  return {
    ...store,
    claim: async () => {},
    create: (...words) => step(store.create(...words)),
    read: (...words) => step(store.read(...words)),
    remove: (...words) => step(store.remove(...words)),
    async *list(...words) {
      await step(Promise.resolve())
      yield* store.list(...words)
    },
  }
}

test('beside a process that writes, each event is there once, however the steps of the two fall', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const folder = newFolder()
      const events = await smallObjects(folder, 3)
      // Often enough that some writes come before the objects are removed, and some after.
      const late = Array.from({ length: 12 }, (_, index) => eventAt(50 + index, noon + index * 11_000 + 500))
      const sink = archiveIn(folder, { store: scheduled(folder, scheduler) })
      async function write(): Promise<void> {
        for (const [index, one] of late.entries())
          await sink.write([one, events[index % events.length]!], going())
      }
      const store = scheduled(folder, scheduler)
      await scheduler.waitFor(Promise.all([write(), compactArchive({ store, clock })]))
      await sink.close()
      await compact(folder)
      const gids = [...events, ...late].map(({ gid }) => gid)
      expect((await gidsIn(folder)).toSorted()).toEqual(gids.toSorted())
      expect(await problemsOf(folder)).toEqual([])
    }),
    { numRuns: 30 },
  )
})

describe.skipIf(noVersitygw)('in a bucket', () => {
  async function filled(
    options: Parameters<typeof startVersitygw>[0] = {},
  ): Promise<{ store: ObjectStore; folder: string }> {
    const { endpoint, bucket, folder } = await startVersitygw(options)
    const sink = archiveInBucket({ endpoint, bucket })
    for (const minute of [0, 1, 2]) await sink.write([eventAt(minute, noon + minute * 60_000)], going())
    return {
      store: s3Store({ endpoint, bucket, prefix: 'audit/asana', access }),
      folder: join(folder, 'audit/asana'),
    }
  }

  test('objects are joined beside a process that writes there', async () => {
    const { store, folder } = await filled()
    const [day] = await compactArchive({ store, clock })
    expect(day).toMatchObject({ joined: [{ events: 3 }], removed: { length: 3 } })
    expect(await objectsIn(folder)).toEqual([day!.joined[0]!.key])
    expect(await verifyArchive({ store })).toMatchObject({ objects: 1, events: 3, problems: [] })
    await store.close()
  })

  test('late events are written while objects are joined, and each event is there once', async () => {
    const { endpoint, bucket, folder } = await startVersitygw()
    const sink = archiveInBucket({ endpoint, bucket })
    for (let minute = 0; minute < 12; minute += 1)
      await sink.write([eventAt(minute, noon + minute * 60_000)], going())
    const store = s3Store({ endpoint, bucket, prefix: 'audit/asana', access })
    async function writeLate(): Promise<void> {
      for (let minute = 0; minute < 12; minute += 1) {
        const at = noon + minute * 60_000
        await sink.write([eventAt(minute, at), eventAt(100 + minute, at + 500)], going())
      }
    }
    await Promise.all([writeLate(), compactArchive({ store, clock })])
    await compactArchive({ store, clock })
    expect(new Set(await gidsIn(join(folder, 'audit/asana')))).toHaveProperty('size', 24)
    expect(await verifyArchive({ store })).toMatchObject({ events: 24, problems: [] })
    await store.close()
  })

  test('with object lock it refuses, and changes nothing', async () => {
    const { store, folder } = await filled({ lock: true })
    const files = await filesIn(folder)
    await expect(compactArchive({ store, clock })).rejects.toMatchObject({
      code: 'object_lock',
      message: expect.stringContaining('has object lock'),
    })
    expect(await filesIn(folder)).toEqual(files)
    await store.close()
  })
})

test('objects are joined up to a size in bytes, and not in characters', async () => {
  const folder = newFolder()
  const sink = archiveIn(folder)
  // Three times 25 MiB: in characters all three would fit into one.
  const text = '監'.repeat((25 * 2 ** 20) / 3)
  for (let number = 0; number < 3; number += 1)
    await sink.write([eventAt(number, noon + number * 60_000, { text })], going())
  await sink.close()
  const [day] = await compact(folder)
  expect(day?.joined.map(({ events }) => events)).toEqual([2])
  expect(await objectsIn(folder)).toHaveLength(2)
}, 200_000)

test('days that have one object are not read, so their objects may be in an archive class of a bucket', async () => {
  const folder = newFolder()
  await smallObjects(folder, 3)
  await compact(folder)
  await smallObjects(folder, 2, { from: noon + dayMs, first: 50 })
  const [joined] = await objectsIn(folder)
  const store = folderStore({ path: folder })
  const read: string[] = []
  const watched: ObjectStore = {
    ...store,
    read(key, signal) {
      read.push(key)
      return store.read(key, signal)
    },
  }
  expect(await compact(folder, { store: watched })).toMatchObject([{ day: '2026-03-11' }])
  expect(read).not.toContain(joined)
})

/**
 * A store in which nothing keeps a second writer out, as in a bucket; and the same for a call that is overtaken: before or after it has created its
 * joined object, a late event comes, and another call joins that too.
 */
function twoCalls(folder: string, when: 'before' | 'after'): { store: ObjectStore; first: ObjectStore } {
  const store = { ...folderStore({ path: folder }), claim: async () => {} }
  let isFirst = true
  async function overtake(): Promise<void> {
    isFirst = false
    const sink = archiveIn(folder)
    await sink.write([eventAt(90, noon + 90 * 60_000)], going())
    await sink.close()
    await compact(folder, { store })
  }
  const create: ObjectStore['create'] = async (key, bytes, signal) => {
    const isNow = isFirst && key.includes('joined')
    if (isNow && when === 'before') await overtake()
    const created = await store.create(key, bytes, signal)
    if (isNow && when === 'after') await overtake()
    return created
  }
  return { store, first: { ...store, create } }
}

test('a call whose joined object was joined again by another call meanwhile removes nothing, and says to wait', async () => {
  const folder = newFolder()
  await smallObjects(folder, 4)
  const { first } = twoCalls(folder, 'after')
  await expect(compact(folder, { store: first })).rejects.toMatchObject({
    code: 'not_joined',
    message: expect.stringContaining('wait until it has ended, and run this one again'),
  })
  expect(await compact(folder)).toEqual([])
  expect(await verified(folder)).toMatchObject({ objects: 1, events: 9, problems: [] })
})

test('a second call that writes at the same time is told to wait, and that nothing is lost', async () => {
  const folder = newFolder()
  await smallObjects(folder, 4)
  const { store, first } = twoCalls(folder, 'before')
  await expect(compact(folder, { store: first })).rejects.toMatchObject({
    code: 'another_writer',
    message: expect.stringMatching(
      /^Another archive compact joins objects of .* Nothing was overwritten, and no event is lost\. Wait until the other one has ended, then run this one again/,
    ),
  })
  await compact(folder)
  const read = await Array.fromAsync(readArchive({ store, onProblem: () => {} }))
  expect(read.map(({ event }) => event.gid).toSorted()).toHaveLength(9)
})

test('a joined object that holds what another one holds is left for archive verify to name, and the manifest stays whole', async () => {
  const folder = newFolder()
  await smallObjects(folder, 3)
  const [day] = await compact(folder)
  const [joined] = day!.joined
  const again = joinedKey([joined!.key, 'event/day=2026-03-10/13-00-00.000-1.jsonl.gz'])
  await writeFile(join(folder, again), await readFile(join(folder, joined!.key)))
  expect(await compact(folder)).toEqual([])
  expect(await problemsOf(folder)).toEqual([`not_recorded ${again}`])
})
