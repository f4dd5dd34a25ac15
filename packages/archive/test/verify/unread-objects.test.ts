import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@asana-audit/core/sink-kit'
import { describe, expect, test } from 'vitest'
import {
  archiveSource,
  compactArchive,
  compareArchive,
  findEvent,
  folderStore,
  readArchive,
  verifyArchive,
} from '../../src/index.ts'
import { folderFault } from '../../src/store/folder-fault.ts'
import type { ObjectStore } from '../../src/store/object-store.ts'
import { eventAt, newFolder, noon, objectsIn, type TestEvent } from '../support/archive-folder.ts'
import { archiveIn, going } from '../support/archive-in.ts'
import { bucketOfFolder, type FolderBucket } from '../support/bucket-of-folder.ts'

const hourMs = 3_600_000
const frozen = { status: 403, code: 'InvalidObjectState' }

interface Scene {
  readonly folder: string
  /** Two of each object, one hour after the other. */
  readonly events: readonly TestEvent[]
  readonly keys: readonly string[]
}

/** An archive of three objects. */
async function threeObjects(): Promise<Scene> {
  const folder = newFolder()
  const sink = archiveIn(folder)
  const events = Array.from({ length: 6 }, (_, index) =>
    eventAt(index, noon + Math.floor(index / 2) * hourMs + index * 1_000),
  )
  for (let from = 0; from < events.length; from += 2) await sink.write(events.slice(from, from + 2), going())
  await sink.close()
  return { folder, events, keys: await objectsIn(folder) }
}

/** The same, in a bucket whose second object is in an archive class. */
async function withOneFrozen(): Promise<Scene & FolderBucket> {
  const scene = await threeObjects()
  const bucket = await bucketOfFolder(scene.folder, {
    answerFor: (key) => (key === scene.keys[1] ? frozen : undefined),
  })
  return { ...scene, ...bucket }
}

describe('an object that the bucket does not give now', () => {
  test('is one problem with its key and the next step, and the others are compared', async () => {
    const { store, keys } = await withOneFrozen()
    const { problems, objects, events } = await verifyArchive({ store })
    expect({ objects, events }).toEqual({ objects: 3, events: 4 })
    expect(problems.map(({ code, key }) => `${code} ${key}`)).toEqual([`not_read ${keys[1]}`])
    expect(problems[0]?.message).toContain(
      `s3://evidence/${keys[1]} answered 403 (InvalidObjectState). The object is in an archive class of the store: restore it there first`,
    )
  })

  test('is found changed all the same once it is restored', async () => {
    const { folder, keys } = await threeObjects()
    let isFrozen = true
    const { store } = await bucketOfFolder(folder, {
      answerFor: (key) => (isFrozen && key === keys[0] ? frozen : undefined),
    })
    expect((await verifyArchive({ store })).problems).toMatchObject([{ code: 'not_read' }])
    isFrozen = false
    await truncate(join(folder, keys[0]!), 20)
    expect((await verifyArchive({ store })).problems).toMatchObject([{ code: 'damaged', key: keys[0] }])
  })

  test('ends the reading with an error that names it, also where other problems are left out', async () => {
    const { store, keys, events } = await withOneFrozen()
    const error = {
      code: 'not_restored',
      message: expect.stringMatching(`s3://evidence/${keys[1]} .*restore it there first`),
    }
    const problems: unknown[] = []
    const onProblem = (problem: unknown): unknown => problems.push(problem)
    const read: string[] = []
    const reading = async (): Promise<void> => {
      for await (const { event } of readArchive({ store, onProblem })) read.push(event.gid)
    }
    await expect(reading()).rejects.toMatchObject(error)
    const given: string[] = []
    const giving = async (): Promise<void> => {
      for await (const batch of archiveSource({ store, onProblem }).read())
        given.push(...batch.events.map(({ gid }) => gid))
    }
    await expect(giving()).rejects.toMatchObject(error)
    const first = events.slice(0, 2).map(({ gid }) => gid)
    expect({ read, given, problems }).toEqual({ read: first, given: first, problems: [] })
  })

  test('is named by the comparison with the log, and its events are not called missing', async () => {
    const { store, keys, events } = await withOneFrozen()
    const other = eventAt(90, noon + 2.5 * hourMs)
    const problems = await compareArchive({
      ...{ store, spans: [{ from: noon, until: noon + 3 * hourMs }] },
      async *shown() {
        yield [...events, other]
      },
    })
    expect(problems.map(({ code, gid, key }) => `${code} ${gid ?? key}`)).toEqual([
      `not_archived ${other.gid}`,
      `not_read ${keys[1]}`,
    ])
  })

  test('is reported to the caller that looks for one event, and the other objects are searched', async () => {
    const { store, keys, events } = await withOneFrozen()
    const unread: string[] = []
    const found = await findEvent({
      ...{ store, gid: events[5]!.gid },
      onUnread: ({ key }) => unread.push(key),
    })
    expect(found).toMatchObject([{ key: keys[2], problem: undefined }])
    expect(unread).toEqual([keys[1]])
  })
})

describe('an entry that the bucket does not give now', () => {
  const entryOf = (sequence: number): string => `_manifest/test/000000000${sequence}.json`

  /** Three objects. The bucket does not give some of their entries, and leaves out of its lists what `listed` says. */
  async function withFrozenEntries(
    sequences: readonly number[],
    isListed: (key: string) => boolean = () => true,
  ): Promise<Scene & FolderBucket> {
    const scene = await threeObjects()
    const bucket = await bucketOfFolder(scene.folder, {
      answerFor: (key) => (sequences.map(entryOf).includes(key) ? frozen : undefined),
      listed: (keys) => keys.filter(isListed),
    })
    return { ...scene, ...bucket }
  }

  test('is one problem with its key and the next step, and the rest is compared', async () => {
    const { store, folder, keys } = await withFrozenEntries([2])
    await truncate(join(folder, keys[2]!), 20)
    const { problems, lanes, objects, events } = await verifyArchive({ store })
    expect(problems.map(({ code, key }) => `${code} ${key}`)).toEqual([
      `not_read ${entryOf(2)}`,
      `not_recorded ${keys[1]}`,
      `damaged ${keys[2]}`,
    ])
    expect(problems[0]?.message).toMatch(/^_manifest\/test\/0000000002.json .* restore it there first/)
    expect({ entries: lanes.map(({ entries }) => entries), objects, events }).toEqual({
      ...{ entries: [2], objects: 2, events: 2 },
    })
  })

  test('keeps nobody from finding out that its object is to stay where it is', async () => {
    const { store } = await withFrozenEntries([2])
    const { problems } = await verifyArchive({ store })
    expect(problems[1]?.message).toMatch(/leave it where it is, mend the manifest, then verify again\.$/)
  })

  test('does not let the head that was noted pass if it is that entry', async () => {
    const { folder } = await threeObjects()
    const head = (await verifyArchive({ store: folderStore({ path: folder }) })).lanes[0]?.head
    const { store } = await bucketOfFolder(folder, {
      answerFor: (key) => (key === entryOf(3) ? frozen : undefined),
    })
    const { problems, lanes } = await verifyArchive({ store, head })
    expect(problems.map(({ code }) => code)).toEqual(['not_read', 'head_missing', 'not_recorded'])
    expect(lanes).toMatchObject([{ entries: 2 }])
    expect(problems[1]?.message).toContain('It may be that of one that cannot be read now')
  })

  test('is found also where a list of the bucket lacks it, with what comes after it', async () => {
    const { store, keys } = await withFrozenEntries([2], (key) => ![entryOf(2), entryOf(3)].includes(key))
    const { problems, lanes } = await verifyArchive({ store })
    expect(problems.map(({ code, key }) => `${code} ${key}`)).toEqual([
      `not_read ${entryOf(2)}`,
      `not_recorded ${keys[1]}`,
    ])
    expect(lanes).toMatchObject([{ entries: 2 }])
  })

  test('does not hide the archive, even if no entry can be read', async () => {
    const { store, keys } = await withFrozenEntries([1, 2, 3])
    const { problems, lanes } = await verifyArchive({ store })
    expect(problems.map(({ code, key }) => `${code} ${key}`)).toEqual([
      ...[1, 2, 3].map((sequence) => `not_read ${entryOf(sequence)}`),
      ...keys.map((key) => `not_recorded ${key}`),
    ])
    expect(lanes).toEqual([])
  })

  test('is named by the comparison with the log, which then calls no event missing', async () => {
    const { store, events } = await withFrozenEntries([2])
    const [first, second] = events
    const problems = await compareArchive({
      ...{ store, spans: [{ from: noon, until: noon + 3 * hourMs }] },
      async *shown() {
        yield [{ ...first!, event_type: 'other' }, ...events.slice(2)]
      },
    })
    expect(problems.map(({ code, gid, key }) => `${code} ${gid ?? key}`)).toEqual([
      ...[`rewritten ${first!.gid}`, `not_shown ${second!.gid}`, `not_read ${entryOf(2)}`],
    ])
  })

  test('lets no object that it may have replaced be called gone for certain', async () => {
    const { folder, keys } = await threeObjects()
    const clock = { ...systemClock, now: () => noon + 5 * 24 * hourMs }
    const joining = folderStore({ path: folder })
    await compactArchive({ store: joining, clock })
    await joining.close()
    const { store } = await bucketOfFolder(folder, {
      answerFor: (key) => (key === '_manifest/archive-compact/0000000001.json' ? frozen : undefined),
    })
    const { problems } = await verifyArchive({ store })
    const missing = problems.filter(({ code }) => code === 'missing')
    expect(missing.map(({ key }) => key)).toEqual(keys)
    for (const { message } of missing)
      expect(message).toMatch(/is not there\. It may have been joined with others, .*: verify again when/)
  })

  test('ends the reading and the search, which would leave out events', async () => {
    const { store, events } = await withFrozenEntries([2])
    const error = { code: 'not_restored', message: expect.stringContaining(entryOf(2)) }
    await expect(Array.fromAsync(readArchive({ store, onProblem() {} }))).rejects.toMatchObject(error)
    await expect(findEvent({ store, gid: events[0]!.gid })).rejects.toMatchObject(error)
  })
})

test('entries whose folder shows names and gives no file are one problem each, and the comparison ends', async () => {
  const { folder, keys } = await threeObjects()
  const store = folderStore({ path: folder })
  const refusing: ObjectStore = {
    ...store,
    async read(key, signal) {
      // As after chmod -R 644: also for a name that is not there.
      if (key.startsWith('_manifest/')) throw folderFault(key, { code: 'EACCES' })
      return await store.read(key, signal)
    },
  }
  const { problems } = await verifyArchive({ store: refusing })
  expect(problems.map(({ code, key }) => `${code} ${key}`)).toEqual([
    ...[1, 2, 3].map((sequence) => `not_read _manifest/test/000000000${sequence}.json`),
    ...keys.map((key) => `not_recorded ${key}`),
  ])
})

test('a file that is far too large is one problem, too, and is not read', async () => {
  const { folder, keys } = await threeObjects()
  await truncate(join(folder, keys[1]!), 300 * 2 ** 20)
  const store = folderStore({ path: folder })
  const { problems, events } = await verifyArchive({ store })
  expect(events).toBe(4)
  expect(problems.map(({ code, key }) => `${code} ${key}`)).toEqual([`not_read ${keys[1]}`])
  expect(problems[0]?.message).toContain(join(folder, keys[1]!))
  await expect(Array.fromAsync(readArchive({ store }))).rejects.toMatchObject({ code: 'object_too_large' })
})
