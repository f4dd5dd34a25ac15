import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@asana-audit/core/sink-kit'
import { expect, test } from 'vitest'
import { compactArchive, type FoundEvent, findEvent, folderStore, type UnreadObject } from '../src/index.ts'
import { eventAt, newFolder, noon, objectsIn } from './support/archive-folder.ts'
import { archiveIn, going } from './support/archive-in.ts'

/** Three objects of two events each; the gids count up from 0. */
async function sixEvents(): Promise<string> {
  const folder = newFolder()
  const sink = archiveIn(folder)
  for (const minute of [0, 1, 2]) {
    const at = noon + minute * 60_000
    await sink.write([eventAt(minute * 2, at), eventAt(minute * 2 + 1, at + 1)], going())
  }
  await sink.close()
  return folder
}

const find = (folder: string, number: number, day?: string): Promise<FoundEvent[]> =>
  findEvent({ store: folderStore({ path: folder }), gid: eventAt(number, noon).gid, day })

test('an event is found with its object and the entry that recorded it', async () => {
  const folder = await sixEvents()
  const [, second] = await objectsIn(folder)
  const event = eventAt(3, noon + 60_001)
  expect(await find(folder, 3)).toEqual([
    {
      ...{ key: second, event, problem: undefined },
      recorded: { lane: 'test', sequence: 2, writtenAt: expect.any(String), isSigned: false, key: second },
    },
  ])
  expect(await find(folder, 3, '2026-03-10')).toHaveLength(1)
})

test('an event of another day, or of none, is not found', async () => {
  const folder = await sixEvents()
  expect(await find(folder, 3, '2026-03-11')).toEqual([])
  expect(await find(folder, 99)).toEqual([])
})

test('of an event that was joined with others, twice, the first entry is given', async () => {
  const folder = await sixEvents()
  const keys = await objectsIn(folder)
  const compact = async (): Promise<void> => {
    const store = folderStore({ path: folder })
    await compactArchive({ store, clock: { ...systemClock, now: () => noon + 5 * 86_400_000 } })
    await store.close()
  }
  await compact()
  const late = archiveIn(folder)
  await late.write([eventAt(50, noon + 3_600_000)], going())
  await late.close()
  await compact()
  const [joined, ...others] = await objectsIn(folder)
  expect(others).toEqual([])
  for (const [number, index] of [
    [0, 0],
    [3, 1],
    [5, 2],
  ] as const)
    expect(await find(folder, number)).toMatchObject([
      { key: joined, recorded: { lane: 'test', sequence: index + 1, key: keys[index] } },
    ])
  expect(await find(folder, 50)).toMatchObject([{ key: joined, recorded: { lane: 'test', sequence: 4 } }])
})

test('an object without an entry is said to have none, and one that cannot be read is left out', async () => {
  const folder = await sixEvents()
  const [first = ''] = await objectsIn(folder)
  await rm(join(folder, '_manifest/test/0000000003.json'))
  expect(await find(folder, 5)).toMatchObject([{ recorded: undefined, problem: undefined }])
  await writeFile(join(folder, first), 'x')
  expect(await find(folder, 0)).toEqual([])
})

test('an object that is gone or cannot be read is told, with its times', async () => {
  const folder = await sixEvents()
  const [first, second] = await objectsIn(folder)
  await rm(join(folder, first!))
  await writeFile(join(folder, second!), 'x')
  const unread: UnreadObject[] = []
  const store = folderStore({ path: folder })
  const found = await findEvent({
    ...{ store, gid: eventAt(0, noon).gid, day: '2026-03-10' },
    onUnread: (one) => unread.push(one),
  })
  expect(found).toEqual([])
  expect(unread).toEqual([
    { key: first, from: '2026-03-10T12:00:00.000Z', until: '2026-03-10T12:00:00.001Z' },
    { key: second, from: '2026-03-10T12:01:00.000Z', until: '2026-03-10T12:01:00.001Z' },
  ])
})
