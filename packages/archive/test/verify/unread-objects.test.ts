import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  archiveSource,
  compareArchive,
  findEvent,
  folderStore,
  readArchive,
  verifyArchive,
} from '../../src/index.ts'
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

test('an entry that the bucket does not give ends the comparison: nothing can be compared without it', async () => {
  const { folder } = await threeObjects()
  const { store } = await bucketOfFolder(folder, {
    answerFor: (key) => (key.endsWith('/0000000002.json') ? frozen : undefined),
  })
  await expect(verifyArchive({ store })).rejects.toMatchObject({
    code: 'not_restored',
    message: expect.stringContaining('_manifest/test/0000000002.json'),
  })
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
